/** The exit status is not 0 on failure, and no failure is a death by a signal. */
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro03: RequirementCheck = {
  id: "PRO-03",
  level: "MUST",
  section: "2 Errors",
  title: "the exit status is not 0 on failure",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, evidence } of await badCalls(subject, t)) {
      const { exitCode, signal } = evidence;
      t.must(signal === undefined, `${what} should fail cleanly, it was killed by ${signal}`);
      t.must(exitCode !== 0, `${what} should fail, it exited with 0`);
    }
  },
};
