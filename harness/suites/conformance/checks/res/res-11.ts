/** Ips[].version is the address's family up to 0.4.0 and gone from 1.0.0. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res11: RequirementCheck = {
  id: "RES-11",
  level: "MUST",
  section: "0.4.0 Well-known structures: IPs",
  title: "ips[].version is the address's family up to 0.4.0 and gone from 1.0.0",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, { rule: "RES-11" });
  },
};
