/** A missing list is not an empty one: nothing is released. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import { attachForGc, gc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc06: RequirementCheck = {
  id: "GC-06",
  level: "IMPL",
  section: "2 GC",
  title: "a missing list is not an empty one: nothing is released",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const one = await attachForGc(subject, t);
    await mustLeaveUnchanged(t, subject, {
      what: "GC without a list",
      async work() {
        const called = await gc(subject, t, { valid: [], keys: [] });
        if (called.answer.kind === "error")
          mustFail(t, called, { what: "GC without a list", codes: [7] });
      },
    });
    await mustBeThere(t, one, { there: true, what: "GC without a list" });
  },
};
