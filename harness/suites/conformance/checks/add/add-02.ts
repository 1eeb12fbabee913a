/** ADD prints a success result in the shape of each version. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add02: RequirementCheck = {
  id: "ADD-02",
  level: "MUST",
  section: "2 ADD",
  title: "ADD prints a success result in the shape of each version",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.look(version).catch((error: Error) => t.fail(error.message));
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "ADD-02").map(({ text }) => text);
      t.equal(faults, [], `stdout of ADD with ${version} should be a success result`);
    }
  },
};
