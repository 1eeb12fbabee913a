/** Codes below 100 belong to the specification: those it lists mean what it says, the others mean nothing. */
import { isLawfulCode } from "../../../../spec/error.ts";
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err04: RequirementCheck = {
  id: "ERR-04",
  level: "MUST",
  section: "5 Error",
  title: "a code below 100 is one of those the specification lists",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, answer } of await badCalls(subject, t)) {
      // That it should fail is for PRO-03 to say.
      if (answer.kind === "success") continue;
      const { code, msg } = answer;
      t.must(isLawfulCode(code), `code ${code} of ${what} is reserved and not assigned (${msg})`);
    }
  },
};
