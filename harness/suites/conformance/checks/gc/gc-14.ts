/** GC can be repeated. */
import { mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import { attachForGc, entry, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc14: RequirementCheck = {
  id: "GC-14",
  level: "IMPL",
  section: "2 GC",
  title: "GC can be repeated",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const kept = await attachForGc(subject, t);
    await attachForGc(subject, t);
    const valid = [entry(kept)];
    mustSucceed(t, await gc(subject, t, { valid }), "GC");
    await mustLeaveUnchanged(t, subject, {
      what: "the same GC again",
      async work() {
        mustSucceed(t, await gc(subject, t, { valid }), "the same GC again");
      },
    });
  },
};
