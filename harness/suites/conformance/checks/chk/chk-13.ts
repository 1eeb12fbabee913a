/** CHECK without prevResult is an error. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk13: RequirementCheck = {
  id: "CHK-13",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK without prevResult is an error",
  since: "0.4.0",
  roles: ["interface", "chained"],
  async run(subject: Subject, t: Judge) {
    const { pod } = await subject.sample(subject.newest);
    const called = await subject.call(t, "CHECK", { pod, prevResult: undefined });
    mustFail(t, called, { what: "CHECK without prevResult" });
    const code = called.answer.kind === "error" ? called.answer.code : 0;
    t.must(code === 7 || code >= 100, `the code should be 7 or at least 100, it is ${code}`);
  },
};
