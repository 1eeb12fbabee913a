/** CHECK fails while a daemon that the attachment needs is gone. */
import { attach, checkOf } from "../../attached.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during, outagesOf, outageText } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk08: RequirementCheck = {
  id: "CHK-08",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails while a daemon that the attachment needs is gone",
  since: "0.4.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    for (const outage of outagesOf(subject, t, "stopped")) {
      await during(subject, t, {
        outage,
        async work() {
          const called = await checkOf(subject, t, attached);
          mustFail(t, called, { what: `CHECK while ${outageText(outage)}` });
        },
      });
    }
  },
};
