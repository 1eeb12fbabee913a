/** CHECK fails while a daemon that the attachment needs is gone. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk08: RequirementCheck = {
  id: "CHK-08",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails while a daemon that the attachment needs is gone",
  since: "0.4.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const { what, stopped } of await lookAtOutages(subject, t)) {
      if (stopped === undefined) continue;
      t.evidence(stopped.check.evidence);
      mustFail(t, stopped.check, { what: `CHECK while ${what}` });
    }
  },
};
