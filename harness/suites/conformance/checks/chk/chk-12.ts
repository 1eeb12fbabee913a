/** CHECK prints nothing on success. */

import { given } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk12: RequirementCheck = {
  id: "CHK-12",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK prints nothing on success",
  since: "0.4.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const { pod, document } = await subject.sample(subject.newest);
    const called = await subject.call(t, "CHECK", { pod, prevResult: document });
    given(t, called, "CHECK");
    t.equal(called.evidence.stdout, "", "stdout of CHECK");
  },
};
