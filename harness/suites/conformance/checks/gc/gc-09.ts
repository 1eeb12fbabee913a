/** GC completes without error when parts of stale attachments are missing. */
import { ipFacts } from "../../../ip-facts.ts";
import { ipAt } from "../../drift.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import { attachForGc, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import { textOf, wordsOf } from "../../port.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc09: RequirementCheck = {
  id: "GC-09",
  level: "SHOULD",
  section: "2 GC",
  title: "GC completes without error when parts of stale attachments are missing",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const { dpu } = subject.node;
    const earlier = new Set((await ipFacts(dpu)).routes.map(textOf));
    const [one, other] = [await attachForGc(subject, t), await attachForGc(subject, t)];
    // What ADD added on the DPU goes, for a plugin that uses one; of one pod's interface the address goes, the other is down.
    const added = (await ipFacts(dpu)).routes.filter((route) => !earlier.has(textOf(route)));
    for (const route of added) await ipAt(t, dpu, "route", "del", ...wordsOf(route));
    await ipAt(t, one.pod.place, "address", "flush", "dev", one.ifname, "scope", "global");
    await ipAt(t, other.pod.place, "link", "set", other.ifname, "down");
    const what = "GC of attachments with missing parts";
    mustSucceed(t, await gc(subject, t, { valid: [] }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};
