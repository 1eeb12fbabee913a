/** A chained plugin without prevResult fails and changes nothing. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn04: RequirementCheck = {
  id: "CHN-04",
  level: "IMPL",
  section: "2 ADD",
  title: "A chained plugin without prevResult fails and changes nothing",
  since: "0.3.0",
  roles: ["chained"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD without prevResult",
      async work() {
        const called = await subject.call(t, "ADD", { pod, prevResult: undefined });
        mustFail(t, called, { what: "ADD without prevResult" });
      },
    });
  },
};
