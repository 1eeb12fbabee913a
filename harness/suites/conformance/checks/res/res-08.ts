/** Each address of the result is in CIDR form and on the interface with that prefix length. */
import { canonicalCidr } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res08: RequirementCheck = {
  id: "RES-08",
  level: "MUST",
  section: "5 ADD Success",
  title: "each address of the result is in CIDR form and on the interface with that prefix length",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-08",
      look({ version, result, hostAfter, inPod }) {
        const held = [...inPod.links, ...hostAfter.links].flatMap(({ addresses }) => addresses);
        for (const { address } of result.ips) {
          t.must(
            held.includes(canonicalCidr(address)),
            `${address} of the result for ${version} should be on an interface with that prefix length`,
          );
        }
      },
    });
  },
};
