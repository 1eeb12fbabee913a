/** Ips[].version is the address's family up to 0.4.0 and gone from 1.0.0. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res11: RequirementCheck = {
  id: "RES-11",
  level: "MUST",
  section: "5 ADD Success",
  title: "ips[].version is the address's family up to 0.4.0 and gone from 1.0.0",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-11");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
    }
  },
};
