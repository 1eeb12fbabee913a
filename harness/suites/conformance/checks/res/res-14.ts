/** Each route of the result is in the container. */

import { canonicalCidr } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res14: RequirementCheck = {
  id: "RES-14",
  level: "MUST",
  section: "5 ADD Success",
  title: "each route of the result is in the container",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-14");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod } = sample;
      for (const { dst } of result.routes) {
        t.must(
          inPod.routes.some((route) => route.dst === canonicalCidr(dst)),
          `route ${dst} of the result for ${version} should be in the pod`,
        );
      }
    }
  },
};
