/** An empty or null list means that nothing is valid. */

import { mustSucceed } from "../../expect.ts";
import { attachForGc, gc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc05: RequirementCheck = {
  id: "GC-05",
  level: "IMPL",
  section: "2 GC",
  title: "an empty or null list means that nothing is valid",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    for (const valid of [[], null]) {
      const stale = await attachForGc(subject, t);
      const what = `GC with ${JSON.stringify(valid)}`;
      mustSucceed(t, await gc(subject, t, { valid }), what);
      await mustBeThere(t, stale, { there: false, what });
    }
  },
};
