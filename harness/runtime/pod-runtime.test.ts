/** Each personality against scripted plugins: what it sends, in which order, and what it makes of errors. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { localPlace } from "./local-place.ts";
import type { Network } from "./network.ts";
import { personalityOf } from "./personalities/personality-of.ts";
import { type PersonalityName, type PodSandbox, personalityNames } from "./personality.ts";
import { createPodRuntime } from "./pod-runtime.ts";
import { placeScripted, scriptedCalls } from "./scripted-plugin.ts";

const pod: PodSandbox = {
  namespace: "default",
  name: "p",
  uid: "u1",
  containerId: "c0ffee",
  netns: "/run/netns/a",
  bandwidth: { ingressRate: 1000, egressRate: 2000 },
  portMappings: [{ hostPort: 80, containerPort: 8080, protocol: "tcp" }],
  deviceId: "0000:03:00.1",
};
const prints = (json: unknown) => `echo '${JSON.stringify(json)}'`;
const good = {
  cniVersion: "1.1.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }],
  ips: [{ address: "10.0.0.1/24", interface: 0 }],
};
const fails = (msg: string, code = 100) => `${prints({ cniVersion: "1.1.0", code, msg })}; exit 1`;

interface Context {
  after(undo: () => Promise<void>): void;
}

async function play(t: Context, name: PersonalityName, change: Partial<Network> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "pod-runtime-"));
  t.after(() => rm(directory, { recursive: true }));
  const [main, second, loopback] = [
    await placeScripted(directory, "main"),
    await placeScripted(directory, "second"),
    await placeScripted(directory, "loopback"),
  ];
  await main.on("ADD", prints(good));
  await second.on("ADD", prints(good));
  for (const one of [main, second]) {
    await one.on("VERSION", prints({ cniVersion: "1.1.0", supportedVersions: ["1.1.0"] }));
  }
  const listed = (type: string): Network => ({
    name: `${type}net`,
    cniVersion: "1.1.0",
    plugins: [
      { type, key: 1, capabilities: { bandwidth: true, deviceID: true, portMappings: false } },
    ],
    cniPath: [directory],
    disableCheck: false,
    disableGC: false,
  });
  await loopback.on("ADD", prints({ cniVersion: "0.3.1", interfaces: [{ name: "lo" }] }));
  const networks: [Network, ...Network[]] = [{ ...listed("main"), ...change }];
  if (name === "multus") networks.push(listed("second"));
  const make = () =>
    createPodRuntime(personalityOf(name), {
      networks,
      loopback: { ...listed("loopback"), cniVersion: "0.3.1" },
      place: localPlace(),
      directory: join(directory, "cache"),
      timeoutMs: 5_000,
      seed: 7,
    });
  const calls = async () => (await scriptedCalls(directory)).map((line) => line.trim());
  const loseCache = () => rm(join(directory, "cache"), { recursive: true, force: true });
  return { runtime: make(), restart: make, main, second, loopback, calls, loseCache };
}

for (const name of personalityNames) {
  test(`${name} runs a pod, shows its address and stops it`, async (t) => {
    const { runtime } = await play(t, name);
    const ran = await runtime.run(pod);
    assert.ok(ran.kind === "running", JSON.stringify(ran));
    assert.deepEqual(ran.ips, ["10.0.0.1"]);
    assert.equal((await runtime.stop(pod)).kind, "stopped");
    assert.equal((await runtime.stop({ ...pod, netns: "" })).kind, "stopped");
  });

  test(`${name} tears down once after a failed ADD, whatever that says (RT-14)`, async (t) => {
    const { runtime, main, calls } = await play(t, name);
    await main.on("ADD", fails("later", 11));
    await main.on("DEL", fails("broken"));
    const ran = await runtime.run(pod);
    assert.ok(ran.kind === "failed");
    assert.equal(ran.msg, name === "text" ? "later" : 'plugin type="main" failed (add): later');
    assert.equal(ran.unheard?.msg, "broken");
    const own = (await calls()).filter((line) => line.startsWith("main"));
    assert.deepEqual(own, ["main ADD", "main DEL"]);
  });

  test(`${name} calls neither CHECK nor GC where the configuration switches them off (RT-01, RT-02)`, async (t) => {
    const { runtime, calls } = await play(t, name, { disableCheck: true, disableGC: true });
    await runtime.start();
    await runtime.run(pod);
    await runtime.gc([]);
    const own = (await calls()).filter((line) => line.startsWith("main"));
    assert.deepEqual(
      own.filter((line) => /CHECK|GC/.test(line)),
      [],
    );
  });

  test(`${name} asks verbs newer than the configuration of no plugin (RT-12)`, async (t) => {
    const { runtime, calls } = await play(t, name, { cniVersion: "0.3.1" });
    await runtime.start();
    await runtime.run(pod);
    assert.ok((await runtime.status()).ok);
    await runtime.gc(null);
    assert.ok(!(await calls()).some((line) => /main (CHECK|STATUS|GC)/.test(line)));
  });

  test(`${name} sends only declared capabilities, and keys as they are (RT-05, RT-06)`, async (t) => {
    const { runtime, main } = await play(t, name);
    await runtime.run(pod);
    const { key, runtimeConfig, prevResult, capabilities } = await main.stdin("ADD");
    assert.deepEqual([key, prevResult], [1, undefined]);
    // libcni leaves in place what the text takes out.
    assert.equal(capabilities === undefined, name === "text");
    const declared = Object.keys(Object(runtimeConfig));
    const expected = {
      text: [],
      containerd: ["bandwidth"],
      crio: ["bandwidth"],
      multus: ["deviceID"],
    };
    assert.deepEqual(declared, expected[name]);
  });

  test(`${name} gives DEL the saved result, and goes on without it (RT-08, RT-09)`, async (t) => {
    const { runtime, main, loseCache } = await play(t, name);
    await runtime.run(pod);
    await runtime.stop(pod);
    assert.deepEqual((await main.stdin("DEL"))["prevResult"], good);
    await runtime.run(pod);
    await loseCache();
    assert.equal((await runtime.stop(pod)).kind, "stopped");
    const { prevResult, key } = await main.stdin("DEL");
    assert.equal(prevResult, undefined);
    assert.equal(key, name === "multus" ? undefined : 1);
  });

  test(`${name} refuses bad names before any plugin runs (RT-16)`, async (t) => {
    const { runtime, calls } = await play(t, name);
    const ran = await runtime.run({ ...pod, containerId: "-x" });
    assert.equal(ran.kind, "failed");
    assert.deepEqual(await calls(), []);
  });
}

test("containerd takes words in the details of an error for its message", async (t) => {
  const { runtime, main } = await play(t, "containerd");
  await runtime.run(pod);
  const error = { cniVersion: "1.1.0", code: 100, msg: "stuck", details: "device not found" };
  await main.on("DEL", `${prints(error)}; exit 1`);
  assert.equal((await runtime.stop(pod)).kind, "done");
});

const failedDels = [
  ["containerd", "netns not found", pod.netns, "done"],
  ["containerd", "no such file or directory", "", "done"],
  ["containerd", "no such file or directory", pod.netns, "retried"],
  ["containerd", "the DPU does not answer", pod.netns, "retried"],
  ["crio", "the DPU does not answer", pod.netns, "forgotten"],
  ["crio", "netns not found", pod.netns, "forgotten"],
  ["multus", "netns not found", pod.netns, "retried"],
  ["text", "netns not found", pod.netns, "retried"],
] as const;

for (const [name, msg, netns, kind] of failedDels) {
  const where = netns === "" ? " without a namespace" : "";
  test(`${name} counts a DEL that fails with "${msg}"${where} as ${kind}`, async (t) => {
    const { runtime, main } = await play(t, name);
    await runtime.run(pod);
    await main.on("DEL", fails(msg));
    assert.equal((await runtime.stop({ ...pod, netns })).kind, kind);
  });
}

test("containerd forgets a failed DEL of a pod it has no result of", async (t) => {
  const { runtime, main } = await play(t, "containerd");
  await main.on("DEL", fails("broken"));
  assert.equal((await runtime.stop(pod)).kind, "forgotten");
});

test("containerd runs loopback and the network at the same time", async (t) => {
  const { runtime, main, loopback, calls } = await play(t, "containerd");
  // Each waits for the other: one after the other would never end.
  const waits = (other: string) =>
    `until grep -q '^${other} ADD' "$here/calls"; do sleep 0.01; done`;
  await main.on("ADD", `${waits("loopback")}; ${prints(good)}`);
  await loopback.on(
    "ADD",
    `${waits("main")}; ${prints({ cniVersion: "0.3.1", interfaces: [{ name: "lo" }] })}`,
  );
  assert.equal((await runtime.run(pod)).kind, "running");
  assert.equal((await loopback.stdin("ADD"))["cniVersion"], "0.3.1");
  assert.equal((await calls()).length, 2);
});

test("containerd sends CNI_ARGS in another order at DEL than at ADD, the same for the same seed", async (t) => {
  const { runtime, restart, main } = await play(t, "containerd");
  const order = async (own: typeof runtime) => {
    await own.run(pod);
    await own.stop(pod);
    return Promise.all(["ADD", "DEL"].map(async (v) => (await main.environment(v))["CNI_ARGS"]));
  };
  const [atAdd, atDel] = await order(runtime);
  assert.notEqual(atAdd, atDel);
  assert.deepEqual(atAdd?.split(";").sort(), atDel?.split(";").sort());
  assert.deepEqual(await order(restart()), [atAdd, atDel]);
});

test("containerd detaches loopback first, and ends there when that fails", async (t) => {
  const { runtime, loopback, calls } = await play(t, "containerd");
  await runtime.run(pod);
  await loopback.on("DEL", fails("stuck"));
  assert.equal((await runtime.stop(pod)).kind, "retried");
  assert.deepEqual((await calls()).slice(2), ["loopback DEL"]);
  await loopback.on("DEL", "exit 0");
  assert.equal((await runtime.stop(pod)).kind, "stopped");
  assert.deepEqual((await calls()).slice(3), ["loopback DEL", "main DEL"]);
});

test("containerd sends a burst without a bound", async (t) => {
  const { runtime, main } = await play(t, "containerd");
  await runtime.run(pod);
  const { runtimeConfig } = await main.stdin("ADD");
  const bandwidth = {
    IngressRate: 1000,
    IngressBurst: 2 ** 32 - 1,
    EgressRate: 2000,
    EgressBurst: 2 ** 32 - 1,
  };
  assert.deepEqual(runtimeConfig, { bandwidth });
});

test("containerd fails a pod whose address is on the host, and tears it down", async (t) => {
  const { runtime, main, calls } = await play(t, "containerd");
  await main.on("ADD", prints({ ...good, interfaces: [{ name: "veth1" }] }));
  const ran = await runtime.run(pod);
  assert.ok(ran.kind === "failed");
  assert.match(ran.msg, /failed to find network info/);
  assert.ok((await calls()).includes("main DEL"));
});

test("containerd goes down over an index one past the end", async (t) => {
  const { runtime, main } = await play(t, "containerd");
  await main.on("ADD", prints({ ...good, ips: [{ address: "10.0.0.1/24", interface: 1 }] }));
  assert.equal((await runtime.run(pod)).kind, "crashed");
});

test("CRI-O checks straight after ADD, and a failure fails the pod", async (t) => {
  const { runtime, main, calls } = await play(t, "crio");
  await main.on("CHECK", fails("the address is missing"));
  const ran = await runtime.run(pod);
  assert.ok(ran.kind === "failed");
  assert.equal(ran.msg, "the address is missing");
  assert.deepEqual(await calls(), ["main ADD", "main CHECK", "main DEL"]);
});

test("CRI-O drops its result after a DEL that failed, and asks VERSION and GC at start", async (t) => {
  const { runtime, restart, main, calls } = await play(t, "crio");
  await runtime.run(pod);
  assert.ok((await restart().start()).ok);
  const listed = { containerID: pod.containerId, ifname: "eth0" };
  assert.deepEqual((await main.stdin("GC"))["cni.dev/valid-attachments"], [listed]);
  assert.ok((await restart().recover(pod)).ok);
  await main.on("DEL", fails("broken"));
  await runtime.stop(pod);
  assert.ok((await restart().start()).ok);
  assert.equal((await main.stdin("GC"))["cni.dev/valid-attachments"], null);
  assert.equal((await calls())[2], "main VERSION");
});

test("CRI-O drops a configuration whose plugin fails VERSION", async (t) => {
  const { runtime, main } = await play(t, "crio");
  await main.on("VERSION", fails("broken"));
  assert.ok(!(await runtime.start()).ok);
});

test("Multus refuses a taken name before any plugin runs, and leaves its owner alone", async (t) => {
  const { runtime, calls } = await play(t, "multus");
  await runtime.run(pod);
  const before = await calls();
  const ran = await runtime.run(pod);
  assert.ok(ran.kind === "failed");
  assert.match(ran.msg, /"eth0" is taken/);
  assert.deepEqual(await calls(), before);
});

test("Multus runs every network on DEL and reports the failure of one", async (t) => {
  const { runtime, second, calls } = await play(t, "multus");
  await runtime.run(pod);
  await second.on("DEL", fails("broken"));
  assert.equal((await runtime.stop(pod)).kind, "retried");
  assert.deepEqual((await calls()).slice(2), ["second DEL", "main DEL"]);
});

test("Multus lists its own attachments for GC, whatever it is told", async (t) => {
  const { runtime, main, second } = await play(t, "multus");
  await runtime.run(pod);
  await runtime.gc([]);
  const key = "cni.dev/valid-attachments";
  assert.deepEqual((await main.stdin("GC"))[key], [
    { containerID: pod.containerId, ifname: "eth0" },
  ]);
  assert.deepEqual((await second.stdin("GC"))[key], [
    { containerID: pod.containerId, ifname: "net1" },
  ]);
});

test("Multus says that all is well for a pod that is gone, and runs nothing", async (t) => {
  const { runtime, calls } = await play(t, "multus");
  const ran = await runtime.run({ ...pod, isGone: true });
  assert.ok(ran.kind === "running");
  assert.deepEqual(ran.ips, []);
  assert.deepEqual(await calls(), []);
});

test("STATUS asks the default network only", async (t) => {
  const { runtime, second, calls } = await play(t, "multus");
  await second.on("STATUS", fails("broken"));
  assert.ok((await runtime.status()).ok);
  assert.deepEqual(await calls(), ["main STATUS"]);
});
