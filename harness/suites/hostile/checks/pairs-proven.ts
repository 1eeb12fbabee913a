/** No pod gets another's port by a mistake in numbering: each VF was seen coming in at its own representor. */
import type { Check, CheckContext } from "../../../core/check.ts";
import type { HostileFixture } from "../hostile-fixture.ts";

export const pairsProven: Check<HostileFixture> = {
  id: "pairs-proven",
  title: "each VF was proven to be the one that the DPU takes it for, before a pod had it",
  async run(fixture, t: CheckContext) {
    for (const node of fixture.nodes) {
      const { vfs } = await fixture.hostInventory(node);
      t.equal(vfs.length, node.card.vfs.length, `${node.name} should know every VF of its card`);
      const unfit = vfs.find(({ state }) => state === "quarantined");
      t.must(unfit === undefined, `VF ${unfit?.pciAddress} of ${node.name}: ${unfit?.reason}`);
      const unproven = vfs.filter(({ proven }) => proven !== true);
      t.equal(
        unproven.map(({ pciAddress }) => pciAddress),
        [],
        `every VF of ${node.name} should be proven`,
      );
    }
  },
};
