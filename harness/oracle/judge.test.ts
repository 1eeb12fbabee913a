import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "./judge.ts";
import type { NodeView } from "./oracle.ts";
import { overlaps } from "./overlaps.ts";

const home = {
  ...{ name: "enp3s0f0v0", mac: "02:00:00:00:00:01", mtu: 1500, up: false, promisc: false },
  ...{ allmulticast: false, txQueueLen: 1000, alias: "", altNames: [] as string[] },
  ...{ addresses: [] as string[], routes: [] as string[], qdiscs: [] as string[] },
};
const dark = {
  ...{ name: "rep0v0", up: false, mtu: 1500 },
  ...{ routes: [] as string[], neighbours: [] as string[], addresses: [] as string[] },
};
const vf = {
  ...{ pciAddress: "0000:03:00.1", id: "0/0", representor: "rep0v0", where: "home", link: home },
};
const free = {
  ...{ node: "node1", vfs: [vf], attachments: [], ports: [], representors: [dark] },
  ...{ pods: [], told: {}, damaged: [] },
} satisfies NodeView;

const key = "podnet/a/eth0";
const address = "10.244.1.2/32";
const record = {
  ...{ key, phase: "ready", generation: 5, pciAddress: "0000:03:00.1", netns: "/run/netns/a" },
  ...{ addresses: [address], routes: ["0.0.0.0/0 via 169.254.1.1"], mac: home.mac },
};
const port = {
  ...{ key, phase: "ready", generation: 5, vf: "0/0", representor: "rep0v0" },
  ...{ addresses: [address], mac: home.mac },
};
const inPod = {
  ...{ ...home, name: "eth0", up: true, addresses: [address] },
  routes: ["0.0.0.0/0 via 169.254.1.1", address],
};
const lit = { ...dark, up: true, routes: [address], neighbours: [`10.244.1.2 ${home.mac}`] };
const used = {
  ...free,
  vfs: [{ ...vf, where: "/run/netns/a", link: inPod }],
  ...{ attachments: [record], ports: [port], representors: [lit] },
  pods: [{ netns: "/run/netns/a", addresses: [address] }],
} satisfies NodeView;

const word = { pool: { size: 1, free: 0, used: 1, quarantined: 0 }, free: [] };

function broken(view: NodeView, more: Partial<Parameters<typeof judge>[1]> = {}) {
  const expectation = { pristine: free, alive: [], gone: [], ...more };
  return judge(view, expectation).map(({ invariant, message }) => `${invariant} ${message}`);
}

test("a node at rest breaks nothing, in use or not", () => {
  assert.deepEqual(broken(free, { gone: "all" }), []);
  assert.deepEqual(broken(used, { alive: [key] }), []);
});

const wrongs: readonly [what: string, view: NodeView, said: RegExp][] = [
  ["a port without an attachment", { ...free, ports: [port] }, /I1 port .* no such attachment/],
  ["an attachment without a port", { ...used, ports: [] }, /I1 .* the DPU has no port of it/],
  [
    "generations that differ",
    { ...used, ports: [{ ...port, generation: 4 }] },
    /I1 .*generation is 5 on the host, 4 on the DPU/,
  ],
  [
    "addresses that differ",
    { ...used, ports: [{ ...port, addresses: ["10.244.1.3/32"] }] },
    /I1 .*addresses is 10\.244\.1\.2\/32 on the host, 10\.244\.1\.3\/32 on the DPU/,
  ],
  [
    "two owners of one VF",
    { ...used, attachments: [record, { ...record, key: "podnet/b/eth0" }] },
    /I1 VF 0000:03:00\.1 has 2 owners on the host/,
  ],
  [
    "an address issued twice",
    { ...used, ports: [port, { ...port, key: "podnet/b/eth0", vf: "0/1" }] },
    /I2 10\.244\.1\.2\/32 is issued on the DPU to podnet\/a\/eth0 and podnet\/b\/eth0/,
  ],
  [
    "an address that another pod still has",
    { ...used, pods: [...used.pods, { netns: "/run/netns/b", addresses: [address] }] },
    /I2 .*the pod \/run\/netns\/b has it/,
  ],
  [
    "a pool that does not add up",
    { ...used, told: { host: { pool: { ...word.pool, size: 2 }, attachments: [], free: [] } } },
    /I3 .*that is not all/,
  ],
  [
    "a memory unlike the disk",
    { ...used, told: { host: { ...word, attachments: [] } } },
    /I1 the daemon holds nothing; its records say podnet\/a\/eth0 ready 5/,
  ],
  [
    "an address kept for nobody",
    { ...free, told: { dpu: { ports: [], quarantined: [address] } } },
    /I2 the DPU keeps/,
  ],
  [
    "an unfinished record",
    { ...used, attachments: [{ ...record, phase: "adding" }] },
    /I5 .*still/,
  ],
  ["an unfinished port", { ...used, ports: [{ ...port, phase: "adding" }] }, /I5 .*on the DPU$/],
  [
    "a VF that is not pristine",
    { ...free, vfs: [{ ...vf, link: { ...home, mtu: 9000 } }] },
    /I5 VF 0000:03:00\.1 is free, but its mtu is 9000, not 1500/,
  ],
  [
    "a VF in a pod that nobody owns",
    { ...free, vfs: [{ ...vf, where: "/run/netns/a", link: inPod }] },
    /I5 .*no owner on the host, but is in the pod \/run\/netns\/a as "eth0"/,
  ],
  ["a route left behind", { ...free, representors: [lit] }, /I5 .*representor rep0v0 its routes/],
  ["a VF that left its pod", { ...used, vfs: [vf] }, /I4 .*the VF is at home, not in the pod/],
  [
    "an interface of another name",
    { ...used, vfs: [{ ...vf, where: "/run/netns/a", link: { ...inPod, name: "net1" } }] },
    /I4 .*called "net1" in the pod, not "eth0"/,
  ],
  [
    "a pod without its address",
    { ...used, vfs: [{ ...vf, where: "/run/netns/a", link: { ...inPod, addresses: [] } }] },
    /I4 .*the pod has nothing, not 10\.244\.1\.2\/32/,
  ],
  [
    "a pod without its route",
    { ...used, vfs: [{ ...vf, where: "/run/netns/a", link: { ...inPod, routes: [] } }] },
    /I4 .*the pod has no route to 0\.0\.0\.0\/0 via 169\.254\.1\.1/,
  ],
  [
    "a representor that is down",
    { ...used, representors: [{ ...lit, up: false }] },
    /I4 .*is down/,
  ],
  [
    "a route missing",
    { ...used, representors: [{ ...lit, routes: [] }] },
    /I4 .*routes to nothing/,
  ],
];

for (const [what, view, said] of wrongs) {
  test(`${what} is found`, () => assert.match(broken(view).join("\n"), said));
}

test("an attachment that must live is missed, one that must be gone is seen", () => {
  assert.match(broken(free, { alive: [key] }).join(), /I4 attachment .* must live/);
  assert.match(broken(used, { gone: [key] }).join(), /I5 attachment .* must be gone/);
  assert.match(broken(used, { gone: "all" }).join(), /I5 attachment .* must be gone/);
  assert.deepEqual(broken(used, { gone: "all", alive: [key] }), []);
});

test("what changed of an attachment that nobody touched is told", () => {
  const before = { view: used, unchanged: [key] };
  assert.deepEqual(broken(used, { before }), []);
  const renewed = { ...used, attachments: [{ ...record, netns: "/run/netns/a", mac: "x" }] };
  assert.match(broken(renewed, { before }).join(), /I6 attachment .* \+ record/);
});

test("in the middle of things unfinished work is no overlap", () => {
  const adding = { ...used, attachments: [{ ...record, phase: "adding" }], ports: [] };
  assert.deepEqual(overlaps(adding, free), []);
});

test("a VF that is free while a pod has it, and an address that is free while it is routed, are found", () => {
  const early = { ...word, attachments: [], free: [record.pciAddress] };
  assert.match(
    messages({ ...used, told: { host: early } }),
    /I1 VF .* is free .* in \/run\/netns\/a.* has port podnet\/a\/eth0/,
  );
  const dpu = { ports: [], quarantined: [], freeIpv4: 252 };
  const before = { ...free, told: { dpu } };
  assert.match(
    messages({ ...used, told: { dpu } }, before),
    /I2 the DPU counts 0 of 252 .* are 10/,
  );
  assert.equal(messages({ ...used, told: { dpu: { ...dpu, freeIpv4: 251 } } }, before), "");

  function messages(view: NodeView, pristine: NodeView = free): string {
    return overlaps(view, pristine)
      .map(({ invariant, message }) => `${invariant} ${message}`)
      .join("; ");
  }
});
