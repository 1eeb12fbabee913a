/** Code 1 tells the runtime to try another version. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err05: RequirementCheck = {
  id: "ERR-05",
  level: "MUST",
  section: "5 code 1",
  title: "a version that is not supported is code 1",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a version that does not exist",
      async work() {
        for (const cniVersion of ["9.9.9", "0.5.0", "1.0", "v1.0.0"]) {
          const called = await subject.call(t, "ADD", { pod, config: { cniVersion } });
          // What is not even a version may be seen while decoding.
          const codes = /^\d+\.\d+\.\d+$/.test(cniVersion) ? [1] : [1, 6];
          mustFail(t, called, { what: `ADD with cniVersion "${cniVersion}"`, codes });
        }
      },
    });
  },
};
