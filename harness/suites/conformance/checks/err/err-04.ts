/** Codes below 100 belong to the specification: those it lists mean what it says, the others mean nothing. */
import { errorObject, isLawfulCode } from "../../../../spec/error.ts";
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { parseJson } from "../../parse-json.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err04: RequirementCheck = {
  id: "ERR-04",
  level: "MUST",
  section: "5 Error",
  title: "a code below 100 is one of those the specification lists",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, evidence, pastHabits = evidence } of await badCalls(subject, t)) {
      // That there is one to read is for ERR-01 to say.
      const error = errorObject.safeParse(parseJson(pastHabits.stdout));
      if (!error.success) continue;
      const { code, msg } = error.data;
      t.must(isLawfulCode(code), `code ${code} of ${what} is reserved and not assigned (${msg})`);
    }
  },
};
