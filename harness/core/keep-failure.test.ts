/** What is kept of a world at a suite's first failure: state and kernel, no keys, nothing twice, and never an exception. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fakeWorld } from "../selftest/fake-world.ts";
import type { World } from "./backend.ts";
import { failureKeeper } from "./keep-failure.ts";
import { openRunFolder } from "./run-folder.ts";

const failure = { suite: "smoke", check: "ADD-01", message: "no interface" };

async function setUp(t: TestContext, change: Partial<World> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "keep-failure-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const plain = fakeWorld({ nodes: 1, vfs: 1 });
  const at = (name: string) => join(directory, "node", name);
  const paths = Object.fromEntries(
    ["cniBin", "cniConf", "hostState", "dpuState", "run", "logs", "sysfsRoot"].map((key) => [
      key,
      at(key),
    ]),
  );
  for (const path of Object.values(paths)) await mkdir(path, { recursive: true });
  const nodes = plain.nodes.map((node) => ({ ...node, paths: { ...node.paths, ...paths } }));
  const world: World = { ...plain, nodes, ...change };
  const folder = await openRunFolder(join(directory, "results"), "r1");
  const read = (name: string) => readFile(join(folder.path, "failure", name), "utf8");
  return { at, folder, read, keep: failureKeeper(world, folder) };
}

test("configuration, state and kernel are kept; keys, sockets and links are named and not", async (t) => {
  const { at, read, keep, folder } = await setUp(t);
  await mkdir(at("hostState/vfs"));
  await writeFile(at("hostState/vfs/1.json"), "{}");
  await writeFile(at("hostState/host.yaml"), "node: node1");
  await writeFile(at("run/any-name"), "x\n-----BEGIN PRIVATE KEY-----\n");
  await symlink("/etc/shadow", at("dpuState/link"));
  const server = createServer().listen(at("run/host.sock"));
  t.after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  await keep(failure);
  assert.equal(await read("smoke/node1/host-state/vfs/1.json"), "{}");
  assert.equal(await read("smoke/node1/host-state/host.yaml"), "node: node1");
  assert.equal(await read("smoke/first-failure.txt"), "smoke/ADD-01 failed: no interface\n");
  assert.equal(await read("smoke/snapshot.txt"), "machine: link lo up\n");
  assert.deepEqual((await read("smoke/left-out.txt")).trim().split("\n").toSorted(), [
    "node1/dpu-state/link: no plain file",
    "node1/run/any-name: it holds a private key",
    "node1/run/host.sock: a socket",
  ]);
  assert.deepEqual(await readdir(join(folder.path, "failure/smoke/node1")), ["host-state"]);
});

test("the first failure of each suite counts", async (t) => {
  const { keep, read } = await setUp(t);
  await Promise.all([keep(failure), keep({ ...failure, check: "DEL-01" })]);
  await keep({ ...failure, suite: "fuzz" });
  assert.match(await read("smoke/first-failure.txt"), /ADD-01/);
  assert.match(await read("fuzz/first-failure.txt"), /^fuzz\/ADD-01/);
});

test("a world that cannot be looked at is said, and no reason to fail", async (t) => {
  const snapshot = () => Promise.reject(new Error("no /proc"));
  const { keep, read } = await setUp(t, { snapshot });
  await keep(failure);
  assert.match(await read("smoke/left-out.txt"), /^the kernel's state: no \/proc$/m);
});
