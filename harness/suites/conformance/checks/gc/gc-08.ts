/** GC releases attachments whose namespace is gone. */
import { mustBecome, mustSucceed } from "../../expect.ts";
import { attachForGc, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc08: RequirementCheck = {
  id: "GC-08",
  level: "MAY",
  section: "2 GC",
  title: "GC releases attachments whose namespace is gone",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const stale = await attachForGc(subject, t);
    await stale.pod[Symbol.asyncDispose]();
    const what = "GC of an attachment whose namespace is gone";
    mustSucceed(t, await gc(subject, t, { valid: [] }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};
