/** A result has one entry of ips for each address of the container's interface. */
import { canonicalCidr } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res19: RequirementCheck = {
  id: "RES-19",
  level: "IMPL",
  section: "0.3.0 Well-known structures: IPs",
  title: "a result has one entry of ips for each address of the container's interface",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-19",
      look({ version, result, inPod, ifname }) {
        const on = inPod.links.find(({ name }) => name === ifname)?.addresses ?? [];
        // That each is somewhere is RES-08's, and whose it is said to be RES-10's.
        const told = result.ips.map(({ address }) => canonicalCidr(address));
        const once = on.filter((address) => told.filter((one) => one === address).length === 1);
        t.equal(once, on, `ips for ${version} should have each address of ${ifname} once`);
      },
    });
  },
};
