/** The error object goes to stdout. */

import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err02: RequirementCheck = {
  id: "ERR-02",
  level: "MUST",
  section: "2 STATUS, 5",
  title: "the error object goes to stdout",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const [what, { evidence }] of await badCalls(subject, t, pod)) {
      const { stdout, stderr } = evidence;
      const where = stderr.includes('"code"') ? "it is on stderr" : "there is none";
      t.must(
        /"code"\s*:/.test(stdout),
        `the error object of ${what} should be on stdout, ${where}`,
      );
    }
  },
};
