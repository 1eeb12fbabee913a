/** STATUS that fails for an outage has code 50 or 51. */
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during, outagesOf, outageText } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta05: RequirementCheck = {
  id: "STA-05",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS that fails for an outage has code 50 or 51",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const outage of outagesOf(subject, t)) {
      await during(subject, t, {
        outage,
        async work() {
          const called = await subject.call(t, "STATUS");
          if (called.answer.kind === "success") return;
          mustFail(t, called, { what: `STATUS while ${outageText(outage)}`, codes: [50, 51] });
        },
      });
    }
  },
};
