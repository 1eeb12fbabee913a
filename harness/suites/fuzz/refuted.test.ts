/** Each property holds for a lawful plugin, and is refuted by the same plugin with one line of it broken. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readAnswer } from "../../runtime/answer.ts";
import { explore } from "./explore.ts";
import { askedVersion, inputEnvironment, inputText, type Kit } from "./kit.ts";
import { fuzzProperties } from "./properties/all.ts";

const source = readFileSync(
  new URL("../../../fixtures/plugins/answers-only.mjs", import.meta.url),
  "utf8",
);

/** property, what stands in the plugin, what stands there instead, what the refutation says */
const defects = [
  [
    "version-answer",
    "supportedVersions: versions }",
    'supportedVersions: config.dns ? ["9.0.0"] : versions }',
    /^VERSION should list/,
  ],
  [
    "bad-configuration",
    'throw new Refusal(1, "unknown version")',
    "value.cniVersion = versions[0]",
    /where its version is .* should fail, it exited with 0$/,
  ],
  [
    "bad-environment",
    'throw new Refusal(4, "CNI_IFNAME is no name")',
    "void ifname",
    /where CNI_IFNAME is no name should fail, it exited with 0$/,
  ],
  [
    "odd-input",
    'verb === "ADD" ?',
    'verb === "ADD" && (config.dns === undefined || config.dns.nameservers) ?',
    /^ADD where "dns" is odd/,
  ],
  [
    "del-any-result",
    "checkEnvironment(verb, environment);",
    'checkEnvironment(verb, environment); if (verb === "DEL") config.prevResult.ips.at(0);',
    /^DEL where ips is (wrong|missing) should fail with one error object/,
  ],
  [
    "check-any-result",
    "checkEnvironment(verb, environment);",
    'checkEnvironment(verb, environment); if (verb === "CHECK") config.prevResult.ips.at(0);',
    /^CHECK where (ips|prevResult) is (wrong|missing) should fail with one error object/,
  ],
  ["gc-list", "!list.every(isListed)", "list.length > 1", /^GC/],
  [
    "life-cycle",
    "interfaces: [{ name,",
    "interfaces: [{ name: name.slice(0, 8),",
    /^the result of ADD is wrong/,
  ],
] as const;

type Answer = (
  environment: Readonly<Record<string, string | undefined>>,
  stdin: string,
) => { readonly exitCode: number; readonly stdout: string };

async function pluginOf(text: string): Promise<Answer> {
  const module: { readonly answer: Answer } = await import(
    `data:text/javascript,${encodeURIComponent(text)}`
  );
  return module.answer;
}

const netns = "/run/netns/a";

function kitOf(answer: Answer): Kit {
  const crashing: Answer = (environment, stdin) => {
    try {
      return answer(environment, stdin);
    } catch {
      return { exitCode: 1, stdout: "" };
    }
  };
  const attachment = { CNI_CONTAINERID: "a1", CNI_IFNAME: "eth0", CNI_NETNS: netns };
  const own = { name: "net", cniVersion: "1.1.0", type: "p" };
  let attached: unknown;
  return {
    netns,
    get attached() {
      return attached;
    },
    async run(input, { verb = input.verb, prevResult, attached: asAttached = false } = {}) {
      const { version, network } = input;
      const stdin = inputText(input, {
        own: { ...own, cniVersion: version, name: network === "" ? "net" : network },
        prevResult,
        netns,
      });
      const variables = inputEnvironment(input, asAttached);
      const environment = { CNI_COMMAND: verb, ...attachment, ...variables };
      const evidence = {
        ...{ kind: "command" as const, argv: ["p"], environment: {}, stdin, stderr: "" },
        ...{ durationMs: 1, ...crashing(environment, stdin) },
      };
      return {
        answer: readAnswer(verb, askedVersion(input), { evidence, timedOut: false }),
        evidence,
      };
    },
    async attach() {
      const { stdout } = answer({ CNI_COMMAND: "ADD", ...attachment }, JSON.stringify(own));
      attached = JSON.parse(stdout);
    },
    renew: async () => {},
    state: async () => [],
  };
}

async function explored(id: string, text: string) {
  const property = fuzzProperties.find((one) => one.id === id);
  assert.ok(property, id);
  const kit = kitOf(await pluginOf(text));
  await property.prepare?.(kit);
  return explore(property, kit, {
    inputs: property.inputs({ versions: ["0.4.0", "1.0.0", "1.1.0"] }),
    saved: [],
    seed: 7,
    runs: 300,
    signal: AbortSignal.timeout(60_000),
  });
}

for (const { id } of fuzzProperties) {
  test(`${id} holds for a plugin that answers lawfully, and somebody breaks it`, async () => {
    assert.equal(await explored(id, source), undefined);
    assert.ok(
      defects.some(([broken]) => broken === id),
      "no defect is about it",
    );
  });
}

for (const [id, from, to, says] of defects) {
  test(`${id} is refuted by a plugin with ${to}`, async () => {
    assert.ok(source.includes(from), "the line that is broken is not there any more");
    const found = await explored(id, source.replace(from, to));
    assert.ok(found, "it was not refuted");
    assert.match(found.message, says);
  });
}
