/** GC of one network does not touch another. */

import { mustSucceed } from "../../expect.ts";
import { attachForGc, gc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc07: RequirementCheck = {
  id: "GC-07",
  level: "IMPL",
  section: "2 GC",
  title: "GC of one network does not touch another",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const one = await attachForGc(subject, t);
    const other = await attachForGc(subject, t, { network: "othernet" });
    const what = `GC of ${one.network}`;
    mustSucceed(t, await gc(subject, t, { valid: [], network: one.network }), what);
    await mustBeThere(t, other, { there: true, what });
  },
};
