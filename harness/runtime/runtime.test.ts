/** The runtime double against scripted plugins: the procedure of libcni, RT-01 to RT-16. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Attachment } from "./attachment.ts";
import { localPlace } from "./local-place.ts";
import type { Network } from "./network.ts";
import { createRuntime } from "./runtime.ts";
import { placeScripted, scriptedCalls } from "./scripted-plugin.ts";

const attachment: Attachment = { containerId: "c0ffee", ifname: "eth0", netns: "/run/netns/a" };
const prints = (json: unknown) => `echo '${JSON.stringify(json)}'`;

async function setUp(t: { after(undo: () => Promise<void>): void }, change: Partial<Network> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "runtime-"));
  t.after(() => rm(directory, { recursive: true }));
  const [first, second] = [
    await placeScripted(directory, "first"),
    await placeScripted(directory, "second"),
  ];
  await first.on("ADD", prints({ cniVersion: "1.1.0", ips: [{ address: "10.0.0.1/24" }] }));
  await second.on("ADD", prints({ cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/24" }] }));
  const network: Network = {
    name: "net",
    cniVersion: "1.1.0",
    plugins: [
      { type: "first", capabilities: { mac: true, ips: false }, odd: [1, { two: 3 }] },
      { type: "second" },
    ],
    cniPath: ["/nowhere", directory],
    disableCheck: false,
    disableGC: false,
    ...change,
  };
  const runtime = createRuntime({
    place: localPlace(),
    directory: join(directory, "cache"),
    timeoutMs: 5_000,
  });
  return { directory, first, second, network, runtime, calls: () => scriptedCalls(directory) };
}

test("ADD runs the list in order, each with the result before it, and returns the last (RT-07)", async (t) => {
  const { runtime, network, first, second, calls } = await setUp(t);
  const added = await runtime.add(network, attachment);
  assert.ok(added.ok);
  assert.deepEqual(added.result, { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/24" }] });
  assert.deepEqual(await calls(), ["first ADD", "second ADD"]);
  assert.equal((await first.stdin("ADD"))["prevResult"], undefined);
  assert.deepEqual((await second.stdin("ADD"))["prevResult"], {
    cniVersion: "1.1.0",
    ips: [{ address: "10.0.0.1/24" }],
  });
});

test("ADD stops at the first error and caches nothing (RT-07)", async (t) => {
  const { runtime, network, first, calls } = await setUp(t);
  await first.on("ADD", `${prints({ cniVersion: "1.1.0", code: 11, msg: "later" })}; exit 1`);
  const added = await runtime.add(network, attachment);
  assert.ok(!added.ok);
  assert.deepEqual(added.error, { plugin: "first", code: 11, msg: "later", heard: "later" });
  assert.deepEqual(await calls(), ["first ADD"]);
  assert.equal(await runtime.cached(network, attachment), undefined);
});

test("the derived configuration keeps other keys and meets declared capabilities with arguments (RT-05, RT-06)", async (t) => {
  const { runtime, network, first } = await setUp(t);
  const capabilityArguments = { mac: "02:00:00:00:00:01", ips: ["10.0.0.9"], dns: {} };
  await runtime.add(network, { ...attachment, capabilityArguments });
  assert.deepEqual(await first.stdin("ADD"), {
    type: "first",
    odd: [1, { two: 3 }],
    cniVersion: "1.1.0",
    name: "net",
    runtimeConfig: { mac: "02:00:00:00:00:01" },
  });
});

test("the environment is the specification's variables and PATH", async (t) => {
  const { runtime, network, first, directory } = await setUp(t);
  await runtime.add(network, { ...attachment, cniArgs: { IgnoreUnknown: "1", K8S_POD_NAME: "p" } });
  const { PWD, SHLVL, _, PATH, ...environment } = await first.environment("ADD");
  assert.ok(PATH !== undefined && PATH !== "");
  assert.deepEqual(environment, {
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "c0ffee",
    CNI_IFNAME: "eth0",
    CNI_NETNS: "/run/netns/a",
    CNI_PATH: `/nowhere:${directory}`,
    CNI_ARGS: "IgnoreUnknown=1;K8S_POD_NAME=p",
  });
});

test("DEL runs in reverse with the final result and forgets it after success (RT-08, RT-09)", async (t) => {
  const { runtime, network, first, calls } = await setUp(t);
  await runtime.add(network, attachment);
  assert.ok((await runtime.del(network, attachment)).ok);
  assert.deepEqual((await calls()).slice(2), ["second DEL", "first DEL"]);
  assert.deepEqual((await first.stdin("DEL"))["prevResult"], {
    cniVersion: "1.1.0",
    ips: [{ address: "10.0.0.2/24" }],
  });
  assert.equal(await runtime.cached(network, attachment), undefined);
});

test("DEL stops at the first error and keeps the result for the next try (RT-09, RT-14)", async (t) => {
  const { runtime, network, second, calls } = await setUp(t);
  await runtime.add(network, attachment);
  await second.on("DEL", "echo broken >&2; exit 1");
  const deleted = await runtime.del(network, attachment);
  assert.ok(!deleted.ok);
  assert.match(deleted.error.msg, /"broken\\n"/);
  assert.deepEqual((await calls()).slice(2), ["second DEL"]);
  assert.notEqual(await runtime.cached(network, attachment), undefined);
});

test("DEL works after a failed ADD and without a cached result (RT-14)", async (t) => {
  const { runtime, network, first } = await setUp(t);
  assert.ok((await runtime.del(network, attachment)).ok);
  assert.equal((await first.stdin("DEL"))["prevResult"], undefined);
});

test("CHECK runs in order with the final result, and never when disableCheck is set (RT-01, RT-10)", async (t) => {
  const { runtime, network, first, calls } = await setUp(t);
  await runtime.add(network, attachment);
  assert.ok((await runtime.check(network, attachment)).ok);
  assert.deepEqual((await calls()).slice(2), ["first CHECK", "second CHECK"]);
  assert.notEqual((await first.stdin("CHECK"))["prevResult"], undefined);
  assert.ok((await runtime.check({ ...network, disableCheck: true }, attachment)).ok);
  assert.equal((await calls()).length, 4);
});

test("GC deletes what is not listed, sends both keys, goes on after errors, and obeys disableGC (RT-02, RT-11)", async (t) => {
  const { runtime, network, first, second, calls } = await setUp(t);
  await runtime.add(network, attachment);
  await runtime.add(network, { ...attachment, containerId: "beef" });
  assert.ok((await runtime.gc({ ...network, disableGC: true }, [])).ok);
  assert.equal((await calls()).length, 4);
  await first.on("GC", `${prints({ cniVersion: "1.1.0", code: 100, msg: "stuck" })}; exit 1`);
  const valid = [{ containerID: "beef", ifname: "eth0" }];
  const collected = await runtime.gc(network, valid);
  assert.ok(!collected.ok);
  assert.deepEqual([collected.error.plugin, collected.error.msg], ["first", "stuck"]);
  assert.deepEqual((await calls()).slice(4), ["second DEL", "first DEL", "first GC", "second GC"]);
  const config = await second.stdin("GC");
  assert.deepEqual(config["cni.dev/valid-attachments"], valid);
  assert.deepEqual(config["cni.dev/attachments"], valid);
  assert.equal((await second.environment("GC"))["CNI_CONTAINERID"], undefined);
});

test("verbs newer than the configuration are not called (RT-12)", async (t) => {
  const { runtime, network, calls } = await setUp(t, { cniVersion: "0.3.1" });
  assert.ok((await runtime.status(network)).ok);
  assert.ok((await runtime.gc(network, [])).ok);
  assert.ok(!(await runtime.check(network, attachment)).ok);
  assert.deepEqual(await calls(), []);
});

test("operations of one container wait for each other (RT-13)", async (t) => {
  const { runtime, network, first, calls } = await setUp(t);
  await first.on("ADD", `sleep 0.2; ${prints({ cniVersion: "1.1.0" })}`);
  await Promise.all([runtime.add(network, attachment), runtime.del(network, attachment)]);
  assert.deepEqual(await calls(), ["first ADD", "second ADD", "second DEL", "first DEL"]);
});

test("bad names and a missing executable are errors before anything runs (RT-16)", async (t) => {
  const { runtime, network, calls } = await setUp(t);
  assert.ok(!(await runtime.add({ ...network, name: "a/b" }, attachment)).ok);
  assert.ok(!(await runtime.add(network, { ...attachment, containerId: "-x" })).ok);
  assert.ok(!(await runtime.add(network, { ...attachment, ifname: "a:b" })).ok);
  const added = await runtime.add({ ...network, plugins: [{ type: "absent" }] }, attachment);
  assert.ok(!added.ok);
  assert.match(added.error.msg, /no executable "absent"/);
  assert.deepEqual(await calls(), []);
});

test("a plugin that hangs is an error at the deadline", async (t) => {
  const { network, directory, first } = await setUp(t);
  await first.on("STATUS", "exec sleep 30");
  const hasty = createRuntime({ place: localPlace(), directory, timeoutMs: 200 });
  const status = await hasty.status(network);
  assert.ok(!status.ok);
  assert.match(status.error.msg, /deadline/);
});
