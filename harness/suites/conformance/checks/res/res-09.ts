/** A gateway of the result is an address of the family that it serves. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res09: RequirementCheck = {
  id: "RES-09",
  level: "MUST",
  section: "5 ADD Success",
  title: "a gateway of the result is an address of the family that it serves",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, { rule: "RES-09" });
  },
};
