/** An unusable CNI_COMMAND is code 4 and the message names it. */
import type { CheckContext } from "../../../core/check.ts";
import { mustFail, mustLeaveUnchanged } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const pro07: SmokeCheck = {
  id: "PRO-07",
  level: "MUST",
  section: "2 Parameters",
  title: "an unusable CNI_COMMAND is code 4 and the message names it",
  async run(subject: Subject, t: CheckContext) {
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
