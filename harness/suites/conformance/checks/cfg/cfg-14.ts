/** CNI_ARGS that are not pairs: an error before anything was done. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const malformed = ["A", "A=B=C", ";", "IgnoreUnknown=1;"];

export const cfg14: RequirementCheck = {
  id: "CFG-14",
  level: "IMPL",
  section: "2 Parameters",
  title: "malformed CNI_ARGS are an error without effect, long ones do no harm",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with malformed CNI_ARGS",
      async work() {
        const long = { pod, environment: { CNI_ARGS: `IgnoreUnknown=1;A=${"x".repeat(100_000)}` } };
        const called = await subject.call(t, "ADD", long);
        if (called.answer.kind === "error") {
          mustFail(t, called, { what: "ADD with CNI_ARGS of 100 kB" });
        }
        await subject.call(t, "DEL", { pod });
        for (const CNI_ARGS of malformed) {
          const called = await subject.call(t, "ADD", { pod, environment: { CNI_ARGS } });
          mustFail(t, called, { what: `ADD with CNI_ARGS "${CNI_ARGS}"` });
        }
      },
    });
  },
};
