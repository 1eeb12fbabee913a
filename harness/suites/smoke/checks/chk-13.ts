/** CHECK without prevResult is an error. */
import type { CheckContext } from "../../../core/check.ts";
import { mustFail } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const chk13: SmokeCheck = {
  id: "CHK-13",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK without prevResult is an error",
  since: "0.4.0",
  async run(subject: Subject, t: CheckContext) {
    const { pod } = await subject.sample(subject.newest);
    const called = await subject.call(t, "CHECK", { pod });
    mustFail(t, called, { what: "CHECK without prevResult" });
    const code = called.answer.kind === "error" ? called.answer.code : 0;
    t.must(code === 7 || code >= 100, `the code should be 7 or at least 100, it is ${code}`);
  },
};
