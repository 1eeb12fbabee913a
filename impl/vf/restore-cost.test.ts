/** What it takes to restore a VF, to the last request: the same however many VFs the card has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countedKernel, taken } from "../netlink/counted-kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { pristineOf, restore } from "./pristine.ts";

for (const vfs of [1, 40]) {
  test(`restore() of one VF of ${vfs} looks at no other`, async () => {
    const { kernel, counts } = countedKernel(memoryKernel());
    using home = await kernel.netnsScratch();
    for (let index = 0; index < vfs; index += 1) {
      await home.linkAdd({ kind: "veth", name: `vf${index}`, peer: { name: `rep${index}` } });
    }
    const link = await home.link("vf0");
    assert.ok(link);
    await home.linkSet("vf0", { mtu: 1400, alias: "a mark", name: "eth0" });
    taken(counts);
    assert.equal(await restore(home, "eth0", pristineOf(link)), undefined);
    assert.deepEqual(taken(counts), {
      "scratch addresses": 1,
      "scratch link": 3,
      "scratch linkSet": 2,
      "scratch neighs": 1,
      "scratch qdiscs": 1,
    });
  });
}
