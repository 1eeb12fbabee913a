/** Code 11: what is wrong now should pass by itself, so the same call is worth another try. */
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during, outageText } from "../../outages.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err09: RequirementCheck = {
  id: "ERR-09",
  level: "MAY",
  section: "5 code 11",
  title: "ADD while the daemon or the DPU is away is code 11, and succeeds when it is back",
  since: "0.4.0",
  roles: anyRole,
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    const outages = subject.outages.filter(({ kind }) => kind === "stopped");
    if (outages.length === 0) t.blocked("nothing can be stopped here");
    const pod = await subject.pod(t);
    for (const outage of outages) {
      const away = outageText(outage);
      const called = await during(subject, t, {
        outage,
        work: () => subject.call(t, "ADD", { pod }),
      });
      mustFail(t, called, { what: `ADD while ${away}`, codes: [11] });
      mustSucceed(t, await subject.call(t, "ADD", { pod }), "the same ADD when it is back");
      mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
    }
  },
};
