/** Dns of the result has the right types. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res17: RequirementCheck = {
  id: "RES-17",
  level: "MUST",
  section: "5 ADD Success",
  title: "dns of the result has the right types",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-17");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
    }
  },
};
