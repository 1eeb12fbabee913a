/** A network name keeps its grammar or is code 7. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro21: RequirementCheck = {
  id: "PRO-21",
  level: "MUST",
  section: "1",
  title: "a network name keeps its grammar or is code 7",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "a bad network name",
      async work() {
        for (const name of ["../x", "a/b", "-x", "a b"]) {
          const called = await subject.call(t, "ADD", { pod, config: { name } });
          mustFail(t, called, { what: `ADD with network "${name}"`, codes: [7] });
        }
      },
    });
  },
};
