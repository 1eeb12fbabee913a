/** The exit status is not 0 on failure. */
import type { CheckContext } from "../../../core/check.ts";
import { badCalls } from "../bad-calls.ts";
import { mustFail } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const pro03: SmokeCheck = {
  id: "PRO-03",
  level: "MUST",
  section: "2 Errors",
  title: "the exit status is not 0 on failure",
  async run(subject: Subject, t: CheckContext) {
    const pod = await subject.pod(t);
    for (const [what, called] of await badCalls(subject, t, pod)) mustFail(t, called, { what });
  },
};
