/** A configuration that cannot be decoded is code 6. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro19: RequirementCheck = {
  id: "PRO-19",
  level: "MUST",
  section: "5 code 6",
  title: "a configuration that cannot be decoded is code 6",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "an undecodable configuration",
      async work() {
        for (const stdin of ["", "{", "[]", '"x"', "null", "{}{}"]) {
          const called = await subject.call(t, "ADD", { pod, stdin });
          // Go plugins read `null` as a configuration without a name.
          const codes = stdin === "null" || stdin === "{}{}" ? [6, 7] : [6];
          mustFail(t, called, { what: `ADD with ${JSON.stringify(stdin)} on stdin`, codes });
        }
      },
    });
  },
};
