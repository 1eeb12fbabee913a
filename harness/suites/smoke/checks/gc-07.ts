/** GC of one network does not touch another. */
import type { CheckContext } from "../../../core/check.ts";
import { mustSucceed } from "../expect.ts";
import { attach, gc, mustBeThere } from "../gc.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const gc07: SmokeCheck = {
  id: "GC-07",
  level: "IMPL",
  section: "2 GC",
  title: "GC of one network does not touch another",
  since: "1.1.0",
  async run(subject: Subject, t: CheckContext) {
    const one = await attach(subject, t);
    const other = await attach(subject, t, { network: "othernet" });
    const what = `GC of ${one.network}`;
    mustSucceed(t, await gc(subject, t, { valid: [], network: one.network }), what);
    await mustBeThere(t, one, { there: false, what });
    await mustBeThere(t, other, { there: true, what });
  },
};
