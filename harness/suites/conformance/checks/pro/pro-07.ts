/** A CNI_COMMAND that is no verb of the specification: an error that says so, and nothing is done. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro07: RequirementCheck = {
  id: "PRO-07",
  level: "MUST",
  section: "2 Parameters",
  title: "an unusable CNI_COMMAND is code 4 and the message names it",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "an unusable CNI_COMMAND",
      async work() {
        // Without a command and an input some plugins print what they are, for a person, and exit with 0.
        const unset = { CNI_COMMAND: undefined };
        const about = await subject.call(t, "ADD", { environment: unset, stdin: "" });
        t.log(`without CNI_COMMAND and stdin it exits with ${about.evidence.exitCode}`);
        for (const command of ["FROB", "add", "ADD ", ""]) {
          const environment = { CNI_COMMAND: command };
          const called = await subject.call(t, "ADD", { pod, environment });
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
