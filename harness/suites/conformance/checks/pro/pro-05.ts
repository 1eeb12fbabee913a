/** DEL, CHECK and STATUS have nothing to say when they succeed. */
import { verbExists } from "../../../../spec/version.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro05: RequirementCheck = {
  id: "PRO-05",
  level: "IMPL",
  section: "2 CHECK",
  title: "DEL, CHECK and STATUS print nothing on stdout when they succeed",
  since: "0.4.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    for (const verb of ["CHECK", "DEL", "STATUS"] as const) {
      if (!verbExists(verb, subject.newest)) continue;
      const options = verb === "STATUS" ? {} : { pod, prevResult };
      const { evidence } = await subject.call(t, verb, options);
      // A failure prints its error object.
      if (evidence.exitCode !== 0) continue;
      t.equal(evidence.stdout, "", `${verb} should print nothing on stdout`);
    }
  },
};
