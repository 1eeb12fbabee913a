/** STATUS fails while something that ADD needs is away. */
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during, outagesOf, outageText } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta03: RequirementCheck = {
  id: "STA-03",
  level: "SHOULD",
  section: "2 STATUS",
  title: "STATUS fails while something that ADD needs is away",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const outage of outagesOf(subject, t)) {
      await during(subject, t, {
        outage,
        async work() {
          const called = await subject.call(t, "STATUS");
          mustFail(t, called, { what: `STATUS while ${outageText(outage)}` });
        },
      });
    }
  },
};
