/** A network name keeps its grammar or is code 7. */
import type { CheckContext } from "../../../core/check.ts";
import { mustFail, mustLeaveUnchanged } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const pro21: SmokeCheck = {
  id: "PRO-21",
  level: "MUST",
  section: "1",
  title: "a network name keeps its grammar or is code 7",
  async run(subject: Subject, t: CheckContext) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "a bad network name",
      async work() {
        for (const name of ["../x", "a/b", "-x", "a b"]) {
          const called = await subject.call(t, "ADD", { pod, config: { name } });
          mustFail(t, called, { what: `ADD with network "${name}"`, codes: [7] });
        }
      },
    });
  },
};
