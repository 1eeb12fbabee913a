/** GC prints nothing on success and an error object on failure. */
import type { CheckContext } from "../../../core/check.ts";
import { mustFail, mustSucceed } from "../expect.ts";
import { gc } from "../gc.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const gc13: SmokeCheck = {
  id: "GC-13",
  level: "MUST",
  section: "2 GC Output",
  title: "GC prints nothing on success and an error object on failure",
  since: "1.1.0",
  async run(subject: Subject, t: CheckContext) {
    const good = await gc(subject, t, { valid: [] });
    mustSucceed(t, good, "GC");
    t.equal(good.evidence.stdout, "", "stdout of GC");
    const bad = await subject.call(t, "GC", { stdin: "{" });
    mustFail(t, bad, { what: "GC with half a configuration", codes: [6] });
  },
};
