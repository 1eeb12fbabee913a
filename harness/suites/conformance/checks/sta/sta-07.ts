/** Other verbs are served while ADD cannot be. */

import { checkOf, detach } from "../../attached.ts";
import { exhaust } from "../../exhaust.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import { entry, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta07: RequirementCheck = {
  id: "STA-07",
  level: "SHOULD",
  section: "2 STATUS",
  title: "Other verbs are served while ADD cannot be",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const { outages, plugin } = subject;
    const canRunOut = plugin.claims?.includes("finite") === true;
    if (outages.length === 0 && !canRunOut) {
      t.notApplicable("nothing is known that keeps it from serving ADD");
    }
    const looks = outages.length === 0 ? [] : await lookAtOutages(subject, t);
    for (const { what, stopped } of looks) {
      if (stopped === undefined) continue;
      const { del, delAfter } = stopped;
      t.evidence(del.evidence);
      // "Try again later" is an answer too: the runtime does.
      if (del.answer.kind === "error") mustFail(t, del, { what: `DEL while ${what}`, codes: [11] });
      mustSucceed(t, delAfter, `DEL after ${what}`);
    }
    if (!canRunOut) return;
    const { attached, network } = await exhaust(subject, t);
    const [first] = attached;
    if (first === undefined) t.blocked("not one attachment could be made");
    const when = "while nothing is left to give";
    mustSucceed(t, await checkOf(subject, t, first), `CHECK ${when}`);
    const collected = await gc(subject, t, { valid: attached.map(entry), network });
    mustSucceed(t, collected, `GC ${when}`);
    mustSucceed(t, await detach(subject, t, first), `DEL ${when}`);
  },
};
