/** A VF is known wherever it is and whatever it is called. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link } from "../../impl/netlink/kernel.ts";
import { locate, type Pair, remember } from "./whereabouts.ts";

const dpuNetnsId = 3;
const pair: Pair = { representor: "rep0v0", representorIndex: 7 };

function veth(name: string, index: number, more: Partial<Link> = {}): Link {
  const flags = { up: false, running: false, promisc: false, allmulticast: false };
  const plain = { multicast: true, arp: true, group: 0, xdp: "" };
  const rest = { kind: "veth", address: "", mtu: 1500, txQueueLen: 1000, altNames: [] };
  return { name, index, ...flags, ...plain, ...rest, ...more };
}
const representor = veth("rep0v0", 7, { peer: 12 });

test("locate() knows the VF at home by its peer, whatever it is called", () => {
  const home = veth("eth0", 12, { peer: 7, peerNetnsId: dpuNetnsId });
  const foreign = veth("veth9", 13, { peer: 7, peerNetnsId: 4 });
  const sight = { host: [foreign, home], dpu: [representor], dpuNetnsId };
  assert.deepEqual(locate(pair, sight), { home, representor });
});

test("locate() does not take a veth of another plugin for the VF", () => {
  const foreign = veth("veth9", 13, { peer: 7, peerNetnsId: 4 });
  const sight = { host: [foreign], dpu: [representor], dpuNetnsId };
  assert.deepEqual(locate(pair, sight), { representor });
});

test("locate() finds a representor again by its name after it was away", () => {
  const back = veth("rep0v0", 30);
  const found = locate(pair, { host: [], dpu: [back], dpuNetnsId });
  assert.equal(remember(pair, found).representorIndex, 30);
});

test("locate() knows the VF at home by its ifindex while its representor is away", () => {
  const home = veth("enp3s0f0v0", 12, { peer: 2, peerNetnsId: 9 });
  const sight = { host: [home], dpu: [], dpuNetnsId };
  assert.deepEqual(locate({ ...pair, homeIndex: 12 }, sight), { home });
  assert.deepEqual(locate(pair, sight), {});
});

test("remember() forgets the ifindex at home when the VF has left", () => {
  const left = remember({ ...pair, homeIndex: 12 }, { representor });
  assert.deepEqual(left, pair);
});
