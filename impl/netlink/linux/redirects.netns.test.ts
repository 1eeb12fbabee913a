/** What only the real kernel can show of redirects: packets take them, whoever answers at the far end, by each way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Netns, Redirect } from "../kernel.ts";
import { linuxKernel } from "../linux.ts";
import { isErrno } from "../netlink-error.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

const clsact = { kind: "clsact", handle: "", parent: "clsact" } as const;
const preference = 40_000;

/**
 * pod eth0 ═ rep (middle) ⇄ tap (middle) ═ port (dpu): `middle` only redirects. The middle has the pod's address too, as
 * a CNI plugin leaves it, so that an answer from there would be seen.
 */
async function stitched(by: Redirect["by"]) {
  const kernel = linuxKernel();
  const [pod, middle, dpu] = [
    await kernel.netnsScratch(),
    await kernel.netnsScratch(),
    await kernel.netnsScratch(),
  ];
  await middle.linkAdd({ kind: "veth", name: "rep", peer: { name: "eth0", netns: pod } });
  await middle.linkAdd({ kind: "veth", name: "tap", peer: { name: "port", netns: dpu } });
  for (const [link, to] of [
    ["rep", "tap"],
    ["tap", "rep"],
  ] as const) {
    await middle.linkSet(link, { up: true });
    await middle.qdiscAdd(link, clsact);
    await middle.redirectAdd(link, { preference, to, by });
  }
  await middle.addressAdd("tap", { address: "10.9.0.2/24" });
  await pod.linkSet("eth0", { up: true });
  await dpu.linkSet("port", { up: true });
  await pod.addressAdd("eth0", { address: "10.9.0.2/24" });
  await dpu.addressAdd("port", { address: "10.9.0.1/24" });
  return {
    ...{ pod, middle, dpu },
    [Symbol.dispose]() {
      for (const netns of [pod, middle, dpu]) netns[Symbol.dispose]();
    },
  };
}

/**
 * Whom `netns` has learnt at `address` of `link` from what `asking` sends. It is sent until somebody is learnt: a link
 * that just got its carrier drops what it is given until the kernel has activated its queue, up to a second later.
 */
async function learnt(
  netns: Netns,
  [link, address]: readonly [string, string],
  asking: () => Promise<void>,
): Promise<string> {
  for (const endMs = Date.now() + 10_000; Date.now() < endMs; ) {
    await asking();
    const neigh = (await netns.neighs(link)).find((one) => one.address === address);
    if (neigh !== undefined && neigh.lladdr !== "") return neigh.lladdr;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return "nobody";
}

/** `ARP who-has target tell source`, whose answer the kernel of the sender learns only if it asked itself: so it asks. */
async function ask(netns: Netns, link: string, [source, target]: readonly [string, string]) {
  const mac = ((await netns.link(link))?.address ?? "").replaceAll(":", "");
  const hex = (ip: string) => Buffer.from(ip.split(".").map(Number)).toString("hex");
  const arp = `0001080006040001${mac}${hex(source)}000000000000${hex(target)}`;
  await netns.sendFrame(link, Buffer.from(`ffffffffffff${mac}0806${arp}${"00".repeat(18)}`, "hex"));
}

for (const by of ["mirred", "bpf"] as const) {
  test(`${by}: ARP for the pod is answered by the pod and not on the way`, { skip }, async () => {
    using world = await stitched(by);
    const { pod, middle, dpu } = world;
    await dpu.sysctlSet("net/ipv4/conf/port/arp_accept", "1");
    const asking = () => ask(dpu, "port", ["10.9.0.1", "10.9.0.2"]);
    assert.equal(
      await learnt(pod, ["eth0", "10.9.0.1"], asking),
      (await dpu.link("port"))?.address,
    );
    assert.equal((await middle.neighs("tap")).length, 0, "the stack in the middle heard of it");
    assert.deepEqual(await middle.redirects("rep"), [{ preference, to: "tap", by }]);
  });
}

test("bpfPeer: what the pod sends comes in at the far end of the other link", {
  skip,
}, async () => {
  using world = await stitched("mirred");
  const { pod, middle, dpu } = world;
  await middle.redirectDel("rep", preference);
  await middle.redirectAdd("rep", { preference, to: "tap", by: "bpfPeer" });
  assert.deepEqual(await middle.redirects("rep"), [{ preference, to: "tap", by: "bpfPeer" }]);
  const asking = () => ask(pod, "eth0", ["10.9.0.2", "10.9.0.1"]);
  assert.equal(await learnt(dpu, ["port", "10.9.0.2"], asking), (await pod.link("eth0"))?.address);
});

test("a program that redirects nowhere can be told from one that redirects", { skip }, async () => {
  using world = await stitched("bpf");
  const { middle } = world;
  await middle.linkDel("tap");
  assert.deepEqual(await middle.redirects("rep"), [{ preference, to: "", by: "bpf" }]);
  const again = middle.redirectAdd("rep", { preference, to: "rep", by: "bpf" });
  await assert.rejects(again, (error) => isErrno(error, "EEXIST"));
});
