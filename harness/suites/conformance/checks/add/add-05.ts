/** The result's cniVersion is the configuration's. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add05: RequirementCheck = {
  id: "ADD-05",
  level: "MUST",
  section: "5",
  title: "the result's cniVersion is the configuration's",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const { result, called } = await subject.look(version);
      t.evidence(called.evidence);
      t.equal(result.cniVersion, version, `cniVersion of a result for ${version}`);
    }
  },
};
