/** Dns of the result has the right types, and its nameservers are addresses. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res17: RequirementCheck = {
  id: "RES-17",
  level: "MUST",
  section: "5 ADD Success",
  title: "dns of the result has the right types, and its nameservers are addresses",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, { rule: "RES-17" });
  },
};
