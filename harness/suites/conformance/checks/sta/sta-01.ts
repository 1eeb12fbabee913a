/** STATUS succeeds and prints nothing when ADD can be served. */

import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta01: RequirementCheck = {
  id: "STA-01",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS succeeds and prints nothing when ADD can be served",
  since: "1.1.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const called = await subject.call(t, "STATUS");
    mustSucceed(t, called, "STATUS");
    t.equal(called.evidence.stdout, "", "stdout of STATUS");
    const pod = await subject.pod(t);
    mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD right after STATUS");
  },
};
