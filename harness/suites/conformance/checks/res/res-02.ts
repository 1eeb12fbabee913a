/** Each interface of the result has the kernel's name. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res02: RequirementCheck = {
  id: "RES-02",
  level: "MUST",
  section: "5 ADD Success",
  title: "each interface of the result has the kernel's name",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-02",
      look({ version, result, hostAfter, inPod }) {
        t.must(result.interfaces.length > 0, `the result for ${version} should list an interface`);
        for (const { name, sandbox = "" } of result.interfaces) {
          const where = sandbox === "" ? "host" : "pod";
          const { links } = where === "host" ? hostAfter : inPod;
          t.must(
            links.some((link) => link.name === name),
            `interface "${name}" of the result for ${version} should be a link of the ${where}`,
          );
        }
      },
    });
  },
};
