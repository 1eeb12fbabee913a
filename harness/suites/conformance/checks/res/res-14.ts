/** Each route of the result is in the container. */
import { networkOf } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res14: RequirementCheck = {
  id: "RES-14",
  level: "MUST",
  section: "5 ADD Success",
  title: "each route of the result is in the container",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-14",
      look({ version, result, inPod }) {
        for (const { dst } of result.routes) {
          t.must(
            inPod.routes.some((route) => route.dst === networkOf(dst)),
            `route ${dst} of the result for ${version} should be in the pod`,
          );
        }
      },
    });
  },
};
