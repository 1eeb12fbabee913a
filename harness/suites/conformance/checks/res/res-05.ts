/** Sandbox of the container's interface is the CNI_NETNS string. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res05: RequirementCheck = {
  id: "RES-05",
  level: "SHOULD",
  section: "5 ADD Success",
  title: "sandbox of the container's interface is the CNI_NETNS string",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-05");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
    }
  },
};
