/** The pod's interface is up, with addresses and the routes that the result tells. */
import { canonicalAddress, networkOf } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add11: RequirementCheck = {
  id: "ADD-11",
  level: "SHOULD",
  section: "4 Delegated plugin execution: IPAM",
  title: "the pod's interface is up, with addresses and the routes that the result tells",
  needs: ["addresses"],
  async run(subject: Subject, t: Judge) {
    const { result, inPod, ifname, called } = await subject.look(subject.newest);
    t.evidence(called.evidence);
    const link = inPod.links.find(({ name }) => name === ifname);
    t.must(link?.up, `${ifname} should be up`);
    // Which ones the result should tell is RES-08's and RES-19's.
    t.must(link.addresses.length > 0, `${ifname} should have an address`);
    for (const { dst, gw } of result.routes) {
      const same = inPod.routes.filter((route) => route.dst === networkOf(dst));
      const through = same.filter(({ dev }) => dev === ifname);
      t.must(through.length > 0, `the pod should have route ${dst} through ${ifname}`);
      if (gw === undefined) continue;
      const gateways = through.map(({ via }) => via ?? "none");
      t.must(
        gateways.includes(canonicalAddress(gw)),
        `route ${dst} should have gateway ${gw}, it has ${gateways.join(", ")}`,
      );
    }
  },
};
