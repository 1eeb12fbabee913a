/** ADD does not need that STATUS was called before. */

import { attach } from "../../attached.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta06: RequirementCheck = {
  id: "STA-06",
  level: "MUST",
  section: "2 STATUS",
  title: "ADD does not need that STATUS was called before",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    // A network of which nobody has asked the status.
    await attach(subject, t, { network: "never-asked" });
    if (subject.outages.length === 0) return;
    for (const { outage, stopped } of await lookAtOutages(subject, t)) {
      if (stopped === undefined) continue;
      t.evidence(stopped.addAfter.evidence);
      const what = `ADD, not STATUS, as the first call after a restart of the ${outage.name}`;
      mustSucceed(t, stopped.addAfter, what);
    }
  },
};
