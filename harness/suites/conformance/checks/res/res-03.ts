/** Mac of the result is the kernel's, in lower case. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res03: RequirementCheck = {
  id: "RES-03",
  level: "MUST",
  section: "5 ADD Success",
  title: "mac of the result is the kernel's, in lower case",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-03",
      look({ version, result, hostAfter, inPod }) {
        for (const { name, mac, sandbox = "" } of result.interfaces) {
          const { links } = sandbox === "" ? hostAfter : inPod;
          const link = links.find((one) => one.name === name);
          // A bridge takes the MAC of one of its ports, and may change it with the next. Loopback has none that means anything.
          if (link === undefined || link.kind === "bridge" || name === "lo") continue;
          t.equal(mac, link.mac, `mac of ${name} in the result for ${version}`);
        }
      },
    });
  },
};
