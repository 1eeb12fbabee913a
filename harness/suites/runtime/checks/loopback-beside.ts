/** The plugin shares the pod's namespace with loopback, which is attached at the same moment. */
import type { CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { addressesIn, type Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const loopbackBeside: RuntimeCheck = {
  id: "loopback-beside",
  title: "a pod has both its network and loopback, attached at the same time",
  personalities: ["containerd"],
  async run(played: Played, t: CheckContext) {
    if (!played.hasLoopback)
      t.skip("no plugin loopback: apt-get install containernetworking-plugins");
    const runtime = played.runtime();
    for (let round = 0; round < 3; round++) {
      const pod = await played.pod();
      const { ips, calls } = await played.mustRun(runtime, pod);
      t.must(
        calls.some(({ plugin }) => plugin === "loopback"),
        "loopback should have been attached",
      );
      const { links } = await ipFacts(pod.pod.place);
      t.must(links.find(({ name }) => name === "lo")?.up, "lo should be up");
      t.must((await addressesIn(pod)).includes(ips[0] ?? ""), "eth0 should have the address shown");
      await played.mustStop(runtime, pod);
    }
  },
};
