/** A network name keeps the grammar of container ids: plugins make file names of both. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro21: RequirementCheck = {
  id: "PRO-21",
  level: "MUST",
  section: "1",
  title: "a network name keeps its grammar or is code 7, and one too long does no harm",
  since: "1.0.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
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
    const network = "n".repeat(300);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD and DEL with a network name of 300 characters",
      async work() {
        const called = await subject.call(t, "ADD", { pod, network });
        // Longer than a file name may be: it need not work.
        if (called.answer.kind === "error")
          mustFail(t, called, { what: "ADD with a network name of 300 characters" });
        await subject.call(t, "DEL", { pod, network });
      },
    });
  },
};
