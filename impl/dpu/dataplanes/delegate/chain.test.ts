/** A list executed as libcni does it: who is asked, in what order, with which configuration. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, test } from "node:test";
import { addChain, ChainBroken, checkChain, delChain } from "./chain.ts";
import type { ChainCall, ChainRunner } from "./execute-plugin.ts";
import { confirmVersions, gcList, statusOfList } from "./list-verbs.ts";
import { parseNetworkList } from "./network-list.ts";
import type { PluginEnd } from "./plugin-failure.ts";

const cniBin = await mkdtemp(join(tmpdir(), "chain-"));
after(() => rm(cniBin, { recursive: true }));
for (const type of ["first", "second", "third"]) {
  await writeFile(join(cniBin, type), "", { mode: 0o755 });
}
const { signal } = new AbortController();

interface Seen {
  readonly plugin: string;
  readonly verb: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly configuration: Record<string, unknown>;
}

/** Answers as told by `VERB plugin`, else well. */
function runner(answers: Readonly<Record<string, Partial<PluginEnd>>> = {}) {
  const seen: Seen[] = [];
  const chain: ChainRunner = {
    cniBin: [cniBin],
    async run({ executable, environment, stdin }) {
      const plugin = basename(executable);
      const verb = environment["CNI_COMMAND"] ?? "";
      seen.push({ plugin, verb, environment, configuration: JSON.parse(stdin) });
      const stdout = verb === "ADD" ? JSON.stringify(resultOf(plugin)) : "";
      return { exitCode: 0, stdout, stderr: "", ...answers[`${verb} ${plugin}`] };
    },
  };
  return { chain, seen };
}

const resultOf = (plugin: string) => ({
  cniVersion: "1.0.0",
  interfaces: [{ name: plugin }],
  odd: 1,
});

function call(change: object = {}, more: Partial<ChainCall> = {}): ChainCall {
  const plugins = [
    { type: "first", capabilities: { portMappings: true, mac: false } },
    { type: "second", capabilities: { ips: true } },
    { type: "third" },
  ];
  const text = JSON.stringify({ cniVersion: "1.1.0", name: "net", plugins, ...change });
  return {
    list: parseNetworkList(text, "/net"),
    ...{ containerId: "c1", ifname: "eth0", args: "K=V", wishes: { portMappings: [1], mac: "02" } },
    ...more,
  };
}

const at = { netns: "/run/netns/x", signal };
const order = (seen: readonly Seen[]) => seen.map(({ verb, plugin }) => `${verb} ${plugin}`);
const failure = (code: number, msg: string): Partial<PluginEnd> => ({
  exitCode: 1,
  stdout: JSON.stringify({ code, msg, details: "see\nlog" }),
});

test("ADD goes through the list, each plugin with the result of the one before as it was printed", async () => {
  const { chain, seen } = runner();
  const added = await addChain(chain, call(), at);
  assert.deepEqual(order(seen), ["ADD first", "ADD second", "ADD third"]);
  assert.deepEqual(
    seen.map(({ configuration }) => configuration["prevResult"]),
    [undefined, resultOf("first"), resultOf("second")],
  );
  assert.deepEqual(added.printed, resultOf("third"));
});

test("each plugin has the call's environment, the list's name and version, and the capabilities it declares", async () => {
  const { chain, seen } = runner();
  await addChain(chain, call({}, { ips: ["10.0.0.5/24"] }), at);
  const { PATH: _path, ...environment } = seen[0]?.environment ?? {};
  assert.deepEqual(environment, {
    ...{ LC_ALL: "C", CNI_COMMAND: "ADD", CNI_PATH: cniBin, CNI_CONTAINERID: "c1" },
    ...{ CNI_IFNAME: "eth0", CNI_NETNS: "/run/netns/x", CNI_ARGS: "K=V" },
  });
  const said = seen.map(({ configuration: { name, cniVersion, runtimeConfig, args } }) => {
    return { name, cniVersion, runtimeConfig, args };
  });
  const common = { name: "net", cniVersion: "1.1.0", args: { cni: { ips: ["10.0.0.5/24"] } } };
  assert.deepEqual(said, [
    { ...common, runtimeConfig: { portMappings: [1] } },
    { ...common, runtimeConfig: { ips: ["10.0.0.5/24"] } },
    { ...common, runtimeConfig: undefined },
  ]);
});

test("an ADD that fails tells the plugin's words and code, and what the ones before it made", async () => {
  const { chain, seen } = runner({ "ADD second": failure(17, "no widget") });
  await assert.rejects(addChain(chain, call(), at), (error) => {
    assert.ok(error instanceof ChainBroken);
    assert.equal(error.message, 'plugin "second" failed ADD: no widget: see log (code 17)');
    assert.deepEqual(error.partial, resultOf("first"));
    return true;
  });
  assert.deepEqual(order(seen), ["ADD first", "ADD second"]);
});

for (const [what, end, says] of [
  [
    "garbage",
    { stdout: "hello\nworld" },
    /answered ADD with no result: .*; it printed "hello world"$/,
  ],
  ["nothing", { stdout: "" }, /answered ADD with no result/],
  ["a result of no shape", { stdout: '{"ips":5}' }, /no result: .*ips/],
  [
    "words before it dies",
    { exitCode: 2, stdout: "", stderr: "panic: x\n  at y" },
    /exit code 2; it printed "panic: x at y"$/,
  ],
  [
    "a signal",
    { exitCode: undefined, signal: "SIGSEGV", stdout: "" },
    /failed ADD: it was killed by SIGSEGV$/,
  ],
] as const) {
  test(`an answer of ${what} is reported as such`, async () => {
    const { chain } = runner({ "ADD first": end as Partial<PluginEnd> });
    await assert.rejects(addChain(chain, call(), at), says);
  });
}

test("DEL asks all in the reverse order with the result, also when one fails, whose words it throws", async () => {
  const { chain, seen } = runner({ "DEL third": failure(11, "later") });
  const result = resultOf("third");
  await assert.rejects(delChain(chain, call(), { ...at, result }), /"third" failed DEL: later/);
  assert.deepEqual(order(seen), ["DEL third", "DEL second", "DEL first"]);
  assert.deepEqual(seen[2]?.configuration["prevResult"], result);
});

test("DEL of an ADD that never succeeded is asked again without what the runtime wished", async () => {
  const { chain, seen } = runner();
  const fussy: ChainRunner = {
    ...chain,
    run: async (call) => {
      const { runtimeConfig } = JSON.parse(call.stdin);
      return { ...(await chain.run(call)), exitCode: runtimeConfig === undefined ? 0 : 1 };
    },
  };
  await delChain(fussy, call(), { ...at, result: undefined, isUnfinished: true });
  assert.deepEqual(order(seen), ["DEL third", "DEL second", "DEL first", "DEL first"]);
  await assert.rejects(delChain(fussy, call(), { ...at, result: {} }), /"first" failed DEL/);
});

test("before 0.4.0 DEL has no prevResult, and there is no CHECK", async () => {
  const { chain, seen } = runner();
  const old = call({ cniVersion: "0.3.1" });
  await delChain(chain, old, { ...at, result: resultOf("third") });
  await checkChain(chain, old, { ...at, result: resultOf("third") });
  assert.deepEqual(order(seen), ["DEL third", "DEL second", "DEL first"]);
  assert.equal("prevResult" in (seen[0]?.configuration ?? {}), false);
});

test("CHECK goes in order and stops at the first difference; disableCheck turns it off", async () => {
  const { chain, seen } = runner({ "CHECK second": failure(100, "gone") });
  const checking = checkChain(chain, call(), { ...at, result: resultOf("third") });
  await assert.rejects(checking, /plugin "second" failed CHECK: gone/);
  assert.deepEqual(order(seen), ["CHECK first", "CHECK second"]);
  await checkChain(chain, call({ disableCheck: true }), { ...at, result: {} });
  assert.equal(seen.length, 2);
});

test("STATUS and GC are of 1.1.0; GC asks all, with what is valid", async () => {
  const { chain, seen } = runner({ "GC first": failure(5, "io") });
  const { list } = call();
  await statusOfList(chain, list, signal);
  const valid = [{ containerID: "c1", ifname: "eth0" }];
  await assert.rejects(gcList(chain, list, { valid, signal }), /"first" failed GC: io/);
  const verbs = ["STATUS first", "STATUS second", "STATUS third"];
  assert.deepEqual(order(seen), [...verbs, "GC first", "GC second", "GC third"]);
  assert.deepEqual(seen[5]?.configuration["cni.dev/valid-attachments"], valid);
  assert.equal(seen[0]?.environment["CNI_CONTAINERID"], undefined);
  const older = call({ cniVersion: "1.0.0" }).list;
  await statusOfList(chain, older, signal);
  await gcList(chain, older, { valid, signal });
  await gcList(chain, call({ disableGC: true }).list, { valid, signal });
  assert.equal(seen.length, 6);
});

test("a plugin that does not speak the list's version, or is missing, is named", async () => {
  const stdout = JSON.stringify({ cniVersion: "1.0.0", supportedVersions: ["0.4.0", "1.0.0"] });
  const { chain } = runner({ "VERSION first": { stdout } });
  const says = /^Error: plugin "first" speaks 0\.4\.0, 1\.0\.0, the list 1\.1\.0$/;
  await assert.rejects(confirmVersions(chain, call().list, signal), says);
  const { list } = call({ plugins: [{ type: "nosuch" }] });
  await assert.rejects(confirmVersions(chain, list, signal), /plugin "nosuch" is in none of /);
});
