/** CHECK prints nothing on success. */
import type { CheckContext } from "../../../core/check.ts";
import { mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const chk12: SmokeCheck = {
  id: "CHK-12",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK prints nothing on success",
  since: "0.4.0",
  async run(subject: Subject, t: CheckContext) {
    const { pod, document } = await subject.sample(subject.newest);
    const called = await subject.call(t, "CHECK", { pod, prevResult: document });
    mustSucceed(t, called, "CHECK");
    t.equal(called.evidence.stdout, "", "stdout of CHECK");
  },
};
