/** What the physical function has set for a VF. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PfTable } from "./pf-table.ts";

test("PfTable changes what it is told of one VF and nothing else", () => {
  const table = new PfTable(["02:00:00:00:00:01", "02:00:00:00:00:02"]);
  table.set(1, { vlan: 7, trust: true });
  assert.deepEqual(table.lines(), [
    "vf 0 link/ether 02:00:00:00:00:01, vlan 0, spoof checking on, trust off, link-state auto",
    "vf 1 link/ether 02:00:00:00:00:02, vlan 7, spoof checking on, trust on, link-state auto",
  ]);
});

test("PfTable refuses a VF that is not there", () => {
  assert.throws(() => new PfTable([]).set(0, { vlan: 1 }), /Cannot read VF "0"/);
});
