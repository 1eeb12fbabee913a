/** The addresses of a 0.3.0 result are listed as ips, the name that readers look for. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res13: RequirementCheck = {
  id: "RES-13",
  level: "IMPL",
  section: "0.3.0 Result",
  title: "the addresses of a 0.3.0 result are listed as ips, the name that readers look for",
  readings: ["skel", "runtime"],
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-13",
      before: "0.3.1",
      look({ document }) {
        // The text of 0.3.0 has "ip" in one place and "ips" in another; libcni reads "ips".
        const keys = Object.keys(Object(document));
        const meant = keys.includes("ip") && !keys.includes("ips");
        t.against(["skel", "runtime"], !meant, 'the addresses should be under "ips", not "ip"');
      },
    });
  },
};
