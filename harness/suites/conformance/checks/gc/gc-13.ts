/** GC prints nothing on success and an error object on failure. */

import { mustFail, mustSucceed } from "../../expect.ts";
import { gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc13: RequirementCheck = {
  id: "GC-13",
  level: "MUST",
  section: "2 GC Output",
  title: "GC prints nothing on success and an error object on failure",
  since: "1.1.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const good = await gc(subject, t, { valid: [] });
    mustSucceed(t, good, "GC");
    t.equal(good.evidence.stdout, "", "stdout of GC");
    const bad = await subject.call(t, "GC", { stdin: "{" });
    mustFail(t, bad, { what: "GC with half a configuration", codes: [6] });
  },
};
