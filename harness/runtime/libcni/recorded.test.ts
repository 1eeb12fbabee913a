/** The runtime double by libcni's procedure does what libcni itself was recorded doing: fixtures/libcni/record.go. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import type { Attachment } from "../attachment.ts";
import { localPlace } from "../local-place.ts";
import { type Network, parseNetwork } from "../network.ts";
import { libcniProcedure } from "../procedures/libcni.ts";
import { type CallOutcome, createRuntime, type Runtime } from "../runtime.ts";

const step = z.strictObject({
  do: z.string(),
  conflist: z.unknown().optional(),
  containerId: z.string().default("c0ffee"),
  ifname: z.string().default("eth0"),
  netns: z.string().default("/run/netns/a"),
  args: z.array(z.tuple([z.string(), z.string()])).default([]),
  capabilities: z.record(z.string(), z.unknown()).optional(),
  valid: z
    .array(z.strictObject({ containerID: z.string(), ifname: z.string() }))
    .nullable()
    .optional(),
  deadlineMs: z.number().default(5_000),
});
type Step = z.infer<typeof step>;
const cases = z.array(
  z.strictObject({
    name: z.string(),
    conflist: z.unknown(),
    plugins: z.record(z.string(), z.record(z.string(), z.string())),
    plain: z.array(z.string()).default([]),
    steps: z.array(step),
  }),
);
const failure = z.strictObject({ text: z.string(), code: z.number().optional() });
const recording = z.strictObject({
  library: z.string(),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      load: failure.optional(),
      steps: z.array(
        z.strictObject({
          do: z.string(),
          error: failure.optional(),
          result: z.unknown().optional(),
          calls: z.array(
            z.strictObject({
              plugin: z.string(),
              environment: z.record(z.string(), z.string()),
              stdin: z.unknown(),
            }),
          ),
        }),
      ),
    }),
  ),
});

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/libcni/${name}`, import.meta.url), "utf8"));
const recorded = recording.parse(fixture("recorded.json.golden"));

for (const [i, one] of cases.parse(fixture("cases.json.golden")).entries()) {
  test(`libcni: ${one.name}`, async (t) => {
    const expected = recorded.cases[i];
    assert.equal(expected?.name, one.name, "record again: fixtures/libcni/record.go");
    const bin = await mkdtemp(join(tmpdir(), "libcni-"));
    t.after(() => rm(bin, { recursive: true }));
    for (const [type, verbs] of Object.entries(one.plugins)) {
      await writeFile(join(bin, type), script(verbs));
      await chmod(join(bin, type), 0o755);
    }
    for (const type of one.plain) await writeFile(join(bin, type), "#!/bin/sh\n");
    const load = (conflist: unknown) =>
      parseNetwork(JSON.stringify(conflist), ["/nowhere", bin], { likeLibcni: true });
    const loaded = await load(one.conflist);
    assert.equal(loaded.ok, expected.load === undefined);
    if (!loaded.ok) return;
    for (const [at, doing] of one.steps.entries()) {
      const changed = doing.conflist === undefined ? loaded : await load(doing.conflist);
      assert.ok(changed.ok);
      const outcome = await perform(doing, changed.network, bin);
      const own = outcome && seen(outcome, { bin, verb: doing.do });
      const { do: verb, error, ...theirs } = stepOf(i, at);
      assert.equal(verb, doing.do);
      const wanted = { ...theirs, ...(error && { error: classOf(error, doing.do) }) };
      assert.deepEqual(own ?? { calls: [] }, wanted, `${at + 1}: ${doing.do}`);
    }
  });
}

function stepOf(i: number, at: number) {
  const found = recorded.cases[i]?.steps[at];
  assert.ok(found, "record again: fixtures/libcni/record.go");
  return found;
}

function script(verbs: Readonly<Record<string, string>>): string {
  const branches = Object.entries(verbs).map(([verb, body]) => `${verb})\n${body}\n;;\n`);
  return `#!/bin/sh\ncat >/dev/null\ncase "$CNI_COMMAND" in\n${branches.join("")}esac\n`;
}

async function perform(doing: Step, network: Network, bin: string) {
  const cache = join(bin, "cache");
  const runtime: Runtime = createRuntime({
    place: localPlace(),
    directory: cache,
    procedure: libcniProcedure,
    timeoutMs: doing.deadlineMs,
  });
  const { containerId, ifname, netns, args, capabilities } = doing;
  const attachment: Attachment = {
    containerId,
    ifname,
    netns,
    cniArgs: Object.fromEntries(args),
    ...(capabilities && { capabilityArguments: capabilities }),
  };
  switch (doing.do) {
    case "ADD":
      return runtime.add(network, attachment);
    case "CHECK":
      return runtime.check(network, attachment);
    case "DEL":
      return runtime.del(network, attachment);
    case "GC":
      return runtime.gc(network, doing.valid);
    case "STATUS":
      return runtime.status(network);
    case "VERSION":
      return runtime.version(network);
    case "lose the cache":
      return void (await rm(cache, { recursive: true }));
    case "damage the cache":
      for (const name of await readdir(cache)) await writeFile(join(cache, name), '{"kind":"cni');
      return undefined;
    default:
      throw new Error(`no such step: ${doing.do}`);
  }
}

function seen(
  outcome: CallOutcome & { readonly result?: unknown },
  { bin, verb }: { readonly bin: string; readonly verb: string },
) {
  const ran = outcome.calls.filter(({ evidence }) => evidence.stdin !== "");
  const plain = (text: string) => text.replaceAll(bin, "{bin}");
  return {
    ...(!outcome.ok && {
      error: classOf({ text: plain(outcome.error.heard), code: outcome.error.code }, verb),
    }),
    ...(outcome.ok && outcome.result !== undefined && { result: outcome.result }),
    calls: ran.map(({ plugin, evidence: { environment, stdin } }) => ({
      plugin,
      environment: Object.fromEntries(
        Object.entries(environment).map(([name, value]) => [name, plain(value)]),
      ),
      stdin: JSON.parse(stdin),
    })),
  };
}

/** The words of the JSON parsers differ; ours also says what killed a plugin. libcni loses the codes of VERSION. */
function classOf({ text, code = 0 }: z.infer<typeof failure>, verb: string) {
  const parser = /(invalid character|unexpected end of JSON|json: cannot unmarshal).*/gs;
  const told = text
    .replace(/decoding version from network config: /, "")
    .replace(parser, (_, kind) => `(${kind})`)
    .replace(/(signal: killed).*/s, "$1");
  return { text: told, code: verb === "VERSION" ? 0 : code };
}
