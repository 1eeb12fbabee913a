/** STATUS fails while something that ADD needs is away. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta03: RequirementCheck = {
  id: "STA-03",
  level: "SHOULD",
  section: "2 STATUS",
  title: "STATUS fails while something that ADD needs is away",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const { what, status } of await lookAtOutages(subject, t)) {
      if (status === undefined) continue;
      t.evidence(status.evidence);
      mustFail(t, status, { what: `STATUS while ${what}` });
    }
  },
};
