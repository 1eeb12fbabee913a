/** CHECK goes on succeeding: again and again, and after restarts of the daemons. */

import { attach, checkOf } from "../../attached.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const rounds = 20;

export const chk17: RequirementCheck = {
  id: "CHK-17",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK goes on succeeding: again and again, and after restarts of the daemons",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    for (let round = 1; round <= rounds; round += 1) {
      mustSucceed(t, await checkOf(subject, t, attached), `CHECK number ${round}`);
    }
    if (subject.outages.length === 0) return;
    for (const { outage, stopped } of await lookAtOutages(subject, t)) {
      if (stopped === undefined) continue;
      t.evidence(stopped.checkAfter.evidence);
      mustSucceed(t, stopped.checkAfter, `CHECK after a restart of the ${outage.name}`);
    }
  },
};
