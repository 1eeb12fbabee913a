/** STATUS recovers by itself when what was away is back. */

import type { Judge } from "../../judge.ts";
import { during, outagesOf, outageText } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta10: RequirementCheck = {
  id: "STA-10",
  level: "IMPL",
  section: "2 STATUS",
  title: "STATUS recovers by itself when what was away is back",
  since: "1.1.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    for (const outage of outagesOf(subject, t)) {
      const answers = await during(subject, t, {
        outage,
        work: async () => (await subject.call(t, "STATUS")).answer.kind,
      });
      // That it is served again is what \`during\` waits for, by asking STATUS; a STATUS that never failed proves nothing.
      t.log(`STATUS while ${outageText(outage)}: ${answers}`);
    }
  },
};
