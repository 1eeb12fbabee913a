/** GC releases the attachments that are not listed and keeps the others. */

import { mustBecome, mustSucceed } from "../../expect.ts";
import { attachForGc, entry, gc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc01: RequirementCheck = {
  id: "GC-01",
  level: "SHOULD",
  section: "2 GC",
  title: "GC releases the attachments that are not listed and keeps the others",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const a = await attachForGc(subject, t);
    const b = await attachForGc(subject, t);
    const c = await attachForGc(subject, t);
    const what = "GC with one of three valid";
    mustSucceed(t, await gc(subject, t, { valid: [entry(b)] }), what);
    for (const stale of [a, c]) await mustBeThere(t, stale, { there: false, what });
    const { pod, network, result: prevResult } = b;
    const checked = await subject.call(t, "CHECK", { pod, network, prevResult });
    mustSucceed(t, checked, "CHECK of the valid one");
    mustSucceed(t, await subject.call(t, "DEL", { pod, network, prevResult }), "its DEL");
    await mustBecome(t, subject, { state: before, what: "GC of two and DEL of the third" });
  },
};
