/** Target files, shipped and one's own, become targets; what is wrong in one costs a line that names file and key. */
import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fill } from "../core/fill.ts";
import { UsageError } from "../core/usage-error.ts";
import { chooseTargets } from "./choose-targets.ts";
import { knownOf } from "./known-findings.ts";
import { loadTarget, shippedTargets } from "./load-target.ts";
import { namedPlugin } from "./named-plugin.ts";
import { splitList } from "./object-under-test.ts";

const folder = await mkdtemp(join(tmpdir(), "dnc-targets-"));
after(() => rm(folder, { recursive: true, force: true }));

const options = { pods: 4, nodes: 2, plugins: [] };

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The one line it is refused with. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.message.split("\n").length, 1);
    return error.message;
  }
  assert.fail("it was not refused");
}

test("every shipped target loads under its file's name, and its list has the plugin under test", () => {
  const names = shippedTargets();
  for (const name of ["bandwidth", "bridge", "host-device", "host-local", "offload", "static"]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of names) {
    const { file: target } = loadTarget(name);
    assert.equal(target.name, name);
    if ("builtIn" in target) continue;
    const split = splitList(target.conflist.plugins, target.type);
    assert.ok(split, name);
    assert.equal(split.before.length > 0, target.role === "chained", name);
  }
});

test("a target file that is missing or wrong is refused by file and key", async () => {
  assert.match(
    refusal(() => loadTarget("./none.yaml")),
    /"\.\/none\.yaml": there is no such file/,
  );
  assert.match(
    refusal(() => loadTarget("brigde")),
    /the target "brigde": there are .*bridge/,
  );
  const path = await file("a.yaml", "name: a\ntype: a\nconflist: { name: n }\n");
  assert.match(
    refusal(() => loadTarget(path)),
    /a\.yaml": conflist\.plugins: expected an array/,
  );
  const unknown = await file(
    "b.yaml",
    "name: b\ntype: b\nclaim: [x]\nconflist: { name: n, plugins: [{ type: b }] }\n",
  );
  assert.match(
    refusal(() => loadTarget(unknown)),
    /b\.yaml": unknown key "claim"/,
  );
  const broken = await file("c.yaml", "name: [\n");
  assert.match(
    refusal(() => loadTarget(broken)),
    /Cannot read ".*c\.yaml"/,
  );
});

test("several targets and plugins make one run, each name once", () => {
  const names = (targets: string[], plugins: string[]) =>
    chooseTargets({ ...options, targets, plugins }).map(({ installer }) => installer.name);
  assert.deepEqual(names(["bridge", "ptp"], ["offload"]), ["bridge", "ptp", "offload"]);
  assert.deepEqual(names([], []), ["offload"]);
  assert.match(
    refusal(() => names(["ptp"], ["ptp"])),
    /two targets named "ptp"/,
  );
});

test("a plugin by its path is judged with a .conf of whatever type, as an interface plugin", async () => {
  const path = await file("my-cni", "#!/bin/sh\n");
  await chmod(path, 0o755);
  const conf = await file(
    "my.conf",
    JSON.stringify({
      cniVersion: "1.0.0",
      name: "mine",
      type: "other",
      capabilities: { mac: true, ips: false },
      ipam: { type: "host-local" },
    }),
  );
  const target = namedPlugin(path, conf);
  assert.deepEqual([target.name, target.type, target.role], ["my-cni", "my-cni", "interface"]);
  assert.deepEqual(target.claims, ["mac", "addresses", "delegates"]);
  assert.equal(target.search[0], folder);
  assert.equal(target.conflist.name, "mine");
  assert.deepEqual(
    target.conflist.plugins.map(({ type, cniVersion }) => [type, cniVersion]),
    [["my-cni", undefined]],
  );
});

test("in a .conflist the object of the plugin's type is under test, and earlier ones run before it", async () => {
  const list = (...types: string[]) =>
    JSON.stringify({ name: "chain", plugins: types.map((type) => ({ type })) });
  const conf = await file("chain.conflist", list("bridge", "my-cni", "tuning"));
  const target = namedPlugin("/somewhere/my-cni", conf);
  assert.equal(target.role, "chained");
  assert.deepEqual(
    target.conflist.plugins.map(({ type }) => type),
    ["bridge", "my-cni"],
  );
  const without = await file("without.conflist", list("bridge", "tuning"));
  assert.match(
    refusal(() => namedPlugin("/somewhere/my-cni", without)),
    /no plugin in it is of type "my-cni", there are bridge, tuning/,
  );
});

test("an IPAM plugin is found as the delegate of another type", async () => {
  const conf = await file(
    "ipam.conflist",
    JSON.stringify({ name: "n", plugins: [{ type: "bridge", ipam: { type: "my-ipam" } }] }),
  );
  assert.equal(namedPlugin("/somewhere/my-ipam", conf).role, "ipam");
});

test("a plugin that cannot be found is refused, and so is --conf without one", () => {
  const choose = (more: object) => () => chooseTargets({ ...options, ...more });
  assert.match(refusal(choose({ plugins: ["./nowhere/x"] })), /there is no such file/);
  assert.match(refusal(choose({ plugins: ["no-such-plugin"] })), /by its path, with --conf FILE/);
  assert.match(refusal(choose({ conf: "x.conf" })), /--conf "x\.conf" for 0 plugins/);
});

test("a plugin whose state may be the same on all nodes is judged on one", async () => {
  const conf = async (dataDir: string) =>
    file(`${dataDir.length}.conf`, JSON.stringify({ type: "x", name: "n", ipam: { dataDir } }));
  const path = await file("x", "");
  const chosen = async (dataDir: string) => {
    const [target] = chooseTargets({ ...options, plugins: [path], conf: await conf(dataDir) });
    return target?.installer.oneNode;
  };
  const [own] = chooseTargets({ ...options, plugins: [path] });
  assert.match(own?.counterexamples ?? "", /\/results\/counterexamples$/);
  assert.equal(await chosen("/var/lib/cni"), true);
  assert.equal(await chosen("{state}/cni"), false);
  assert.notEqual(chooseTargets({ ...options, targets: ["bridge"] })[0]?.installer.oneNode, true);
});

test("placeholders are filled wherever strings stand, and other braces stay", () => {
  const template = { a: ["{state}/x", 1, { b: "{node}" }], c: "rep{pf}v{toString}" };
  assert.deepEqual(fill(template, { state: "/s", node: "node1" }), {
    a: ["/s/x", 1, { b: "node1" }],
    c: "rep{pf}v{toString}",
  });
});

test("what is known of one build is not held against another", () => {
  const known = { measured: "p 1.0", findings: { "ADD-01": "it does" }, sometimes: {} };
  assert.equal(knownOf(known, "p 1.0"), known);
  assert.equal(knownOf(known, undefined), known);
  assert.equal(knownOf(known, "p 1.1"), undefined);
});
