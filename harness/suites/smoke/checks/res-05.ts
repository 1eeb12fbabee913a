/** Sandbox of the container's interface is the CNI_NETNS string. */
import type { CheckContext } from "../../../core/check.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const res05: SmokeCheck = {
  id: "RES-05",
  level: "SHOULD",
  section: "5 ADD Success",
  title: "sandbox of the container's interface is the CNI_NETNS string",
  async run(subject: Subject, t: CheckContext) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-05");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
    }
  },
};
