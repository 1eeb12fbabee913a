/** The error object goes to stdout: of what is on stderr only, runtimes lose the code. */
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const hasCode = /"code"\s*:/;

export const err02: RequirementCheck = {
  id: "ERR-02",
  level: "MUST",
  section: "2 STATUS, 5",
  title: "the error object goes to stdout",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, evidence } of await badCalls(subject, t)) {
      const { stdout, stderr } = evidence;
      // Where there is none at all, ERR-01 says so.
      const isElsewhere = hasCode.test(stderr) && !hasCode.test(stdout);
      t.must(!isElsewhere, `the error object of ${what} should be on stdout, it is on stderr`);
    }
  },
};
