/** An unusable CNI_COMMAND is code 4 and the message names it. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro07: RequirementCheck = {
  id: "PRO-07",
  level: "MUST",
  section: "2 Parameters",
  title: "an unusable CNI_COMMAND is code 4 and the message names it",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "an unusable CNI_COMMAND",
      async work() {
        for (const command of ["FROB", "add", "ADD ", ""]) {
          const called = await subject.call(t, "ADD", {
            pod,
            environment: { CNI_COMMAND: command },
          });
          mustFail(t, called, {
            what: `CNI_COMMAND "${command}"`,
            codes: [4],
            names: ["CNI_COMMAND"],
          });
        }
      },
    });
  },
};
