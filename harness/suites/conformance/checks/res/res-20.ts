/** Where ips has addresses of other interfaces, one at least is the container's. */
import { containerAddresses } from "../../../../spec/result.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res20: RequirementCheck = {
  id: "RES-20",
  level: "MAY",
  section: "5 ADD Success",
  title: "where ips has addresses of other interfaces, one at least is the container's",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-20",
      look({ version, result, ifname }) {
        const pointed = result.ips.filter(({ interface: index }) => index !== undefined);
        if (pointed.length === 0) return;
        // containerd takes the pod's addresses from the entries that point at it.
        t.must(
          containerAddresses(result, ifname).length > 0,
          `an entry of ips for ${version} should point at ${ifname} with its sandbox`,
        );
      },
    });
  },
};
