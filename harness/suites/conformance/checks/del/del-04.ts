/** DEL without an earlier ADD succeeds. */

import { mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del04: RequirementCheck = {
  id: "DEL-04",
  level: "MUST",
  section: "2 DEL",
  title: "DEL without an earlier ADD succeeds",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "DEL without ADD",
      async work() {
        mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL without ADD");
      },
    });
  },
};
