/** A configuration that decodes but is not valid is code 7. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro20: RequirementCheck = {
  id: "PRO-20",
  level: "MUST",
  section: "5 code 7",
  title: "a configuration that decodes but is not valid is code 7",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "an invalid configuration",
      async work() {
        for (const name of [undefined, "", 5]) {
          const called = await subject.call(t, "ADD", { pod, config: { name } });
          // A wrong type may be seen while decoding.
          const codes = name === 5 ? [6, 7] : [7];
          mustFail(t, called, { what: `ADD with name ${JSON.stringify(name)}`, codes });
        }
      },
    });
  },
};
