/** The pod's MTU is what the whole path carries: no more than its DPU's uplink, and no less than what plugins take off. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { attached } from "../pairs.ts";
import type { Population } from "../population.ts";

export const mtuOfPath: Check<Population> = {
  id: "mtu-of-path",
  title:
    "each pod's MTU is no larger than that of its DPU's uplink, and equal where nothing is put around packets",
  async run(population, t: CheckContext) {
    for (const { node, pod, name, ifname } of attached(population, t)) {
      const [inPod, onDpu] = [await ipFacts(pod.place), await ipFacts(node.dpu)];
      const mtu = inPod.links.find((link) => link.name === ifname)?.mtu;
      const uplink = onDpu.links.find((link) => link.name === node.card.uplink)?.mtu;
      t.must(mtu !== undefined && uplink !== undefined, `pod ${name} and uplink should be there`);
      t.must(
        mtu <= uplink,
        `the MTU of pod ${name} should be at most the uplink's, ${uplink}, it is ${mtu}`,
      );
      // A pod that is routed straight out has all of it; a plugin between may have an MTU of its own.
      const isRouted = !onDpu.links.some(({ kind }) => kind === "bridge" || kind === "macvlan");
      const hasPeers = onDpu.links.some((link) => link.name.startsWith("veth"));
      if (isRouted && !hasPeers)
        t.equal(mtu, uplink, `the MTU of pod ${name} should be the uplink's`);
    }
  },
};
