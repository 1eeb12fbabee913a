/** Mtu of the result is the kernel's, and absent before 1.1.0. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res04: RequirementCheck = {
  id: "RES-04",
  level: "MUST",
  section: "5 ADD Success",
  title: "mtu of the result is the kernel's, and absent before 1.1.0",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-04",
      look({ version, result, hostAfter, inPod }) {
        for (const { name, mtu, sandbox = "" } of result.interfaces) {
          if (mtu === undefined) continue;
          const { links } = sandbox === "" ? hostAfter : inPod;
          const link = links.find((one) => one.name === name);
          t.equal(mtu, link?.mtu, `mtu of ${name} in the result for ${version}`);
        }
      },
    });
  },
};
