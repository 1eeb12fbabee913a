/** A key in CNI_ARGS that nobody knows may be refused; if so, as any other error. */
import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const cfg15: RequirementCheck = {
  id: "CFG-15",
  level: "IMPL",
  section: "2 Parameters",
  title: "an unknown key in CNI_ARGS is taken or refused without effect",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD and DEL with an unknown key in CNI_ARGS",
      async work() {
        const options = { pod, environment: { CNI_ARGS: "UNHEARD_OF=1" } };
        const called = await subject.call(t, "ADD", options);
        t.log(`it ${called.answer.kind === "success" ? "takes" : "refuses"} unknown keys`);
        if (called.answer.kind === "error") {
          return mustFail(t, called, { what: "ADD with an unknown key in CNI_ARGS" });
        }
        await subject.call(t, "DEL", { pod });
      },
    });
  },
};
