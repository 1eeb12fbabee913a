/** STATUS recovers by itself when what was away is back. */

import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta10: RequirementCheck = {
  id: "STA-10",
  level: "IMPL",
  section: "2 STATUS",
  title: "STATUS recovers by itself when what was away is back",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const { what, statusAfter } of await lookAtOutages(subject, t)) {
      if (statusAfter === undefined) continue;
      t.evidence(statusAfter.evidence);
      mustSucceed(t, statusAfter, `STATUS some time after ${what}`);
    }
  },
};
