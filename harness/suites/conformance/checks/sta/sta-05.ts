/** STATUS that fails for an outage has code 50 or 51. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta05: RequirementCheck = {
  id: "STA-05",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS that fails for an outage has code 50 or 51",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const { what, status } of await lookAtOutages(subject, t)) {
      if (status?.answer.kind !== "error") continue;
      t.evidence(status.evidence);
      mustFail(t, status, { what: `STATUS while ${what}`, codes: [50, 51] });
    }
  },
};
