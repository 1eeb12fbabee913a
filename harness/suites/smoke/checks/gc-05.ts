/** An empty or null list means that nothing is valid. */
import type { CheckContext } from "../../../core/check.ts";
import { mustSucceed } from "../expect.ts";
import { attach, gc, mustBeThere } from "../gc.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const gc05: SmokeCheck = {
  id: "GC-05",
  level: "IMPL",
  section: "2 GC",
  title: "an empty or null list means that nothing is valid",
  since: "1.1.0",
  async run(subject: Subject, t: CheckContext) {
    for (const valid of [[], null]) {
      const stale = await attach(subject, t);
      const what = `GC with ${JSON.stringify(valid)}`;
      mustSucceed(t, await gc(subject, t, { valid }), what);
      await mustBeThere(t, stale, { there: false, what });
    }
  },
};
