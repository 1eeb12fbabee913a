/** After DEL the VF is back on the host under its own name and with its own attributes (DEL-01, FC-17). */
import { existsSync } from "node:fs";
import type { Check, CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { attached, mustAttach, mustDetach, onePodMore } from "../pairs.ts";
import type { Population } from "../population.ts";

export const vfReturns: Check<Population> = {
  id: "vf-returns",
  title: "after DEL the VF is back on the host with its own name, MAC, MTU and state",
  requirement: { id: "DEL-01", level: "SHOULD", section: "2 DEL" },
  async run(population, t: CheckContext) {
    attached(population, t);
    const one = await onePodMore(population, t, "returns");
    const { name, node } = one;
    const before = await ipFacts(node.host);
    const { pod } = await mustAttach(t, one);
    const during = await ipFacts(node.host);
    t.equal(
      during.links.length,
      before.links.length - 1,
      `one VF should have left the host of ${node.name}`,
    );
    await mustDetach(t, one);
    const after = await ipFacts(node.host);
    const byName = (facts: typeof before) =>
      facts.links.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    t.equal(
      byName(after),
      byName(before),
      `the VFs on the host of ${node.name} should be as before ADD`,
    );
    // A real runtime takes the pod's namespace away with it.
    if (!existsSync(pod.netns)) return;
    const left = (await ipFacts(pod.place)).links.map((link) => link.name);
    t.equal(left, ["lo"], `pod ${name} should have no interface after DEL`);
  },
};
