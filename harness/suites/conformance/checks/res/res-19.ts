/** A result has one entry of ips for each address of the container's interface. */
import { containerAddresses } from "../../../../spec/result.ts";
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
        t.equal(
          containerAddresses(result, ifname).toSorted(),
          on.toSorted(),
          `ips for ${version} should have each address of ${ifname} once`,
        );
      },
    });
  },
};
