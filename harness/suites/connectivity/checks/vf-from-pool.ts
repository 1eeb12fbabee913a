/** Each pod's interface is a VF that left the host: as many are missing there as pods were attached. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { attached } from "../pairs.ts";
import type { Population } from "../population.ts";

export const vfFromPool: Check<Population> = {
  id: "vf-from-pool",
  title: "each pod's interface is a VF of its node's card that left the host",
  async run(population, t: CheckContext) {
    const members = attached(population, t);
    for (const node of population.world.nodes) {
      const own = members.filter((member) => member.node === node);
      const now = await ipFacts(node.host);
      const present = new Set(now.links.map(({ name }) => name));
      const before = population.hostsBefore.get(node)?.links ?? [];
      const known = new Set(before.map(({ name }) => name));
      // One that stays on the host for its own traffic has another name, and had it before.
      const away = node.card.vfs.filter(({ netdev }) => known.has(netdev) && !present.has(netdev));
      t.equal(
        away.length,
        own.length,
        `${own.length} VFs should have left the host of ${node.name}`,
      );
      const strangers = now.links.filter(({ name }) => !known.has(name));
      t.equal(
        strangers.map(({ name }) => name),
        [],
        `no new interface should be on the host of ${node.name}`,
      );
      const taken = new Map<string, string>();
      for (const { name, result, ifname } of own) {
        const pciId = result?.interfaces.find((one) => one.name === ifname)?.pciID;
        if (pciId === undefined) continue; // MAY: RES-07
        t.must(
          away.some(({ pciAddress }) => pciAddress === pciId),
          `pod ${name} should have a VF that left the host, its result says ${pciId}`,
        );
        t.must(
          !taken.has(pciId),
          `VF ${pciId} was given to pod ${taken.get(pciId)} and to pod ${name}`,
        );
        taken.set(pciId, name);
      }
    }
  },
};
