/** The exit status is not 0 on failure. */

import { badCalls } from "../../bad-calls.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro03: RequirementCheck = {
  id: "PRO-03",
  level: "MUST",
  section: "2 Errors",
  title: "the exit status is not 0 on failure",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const [what, called] of await badCalls(subject, t, pod)) mustFail(t, called, { what });
  },
};
