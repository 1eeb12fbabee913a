/** Interfaces lists every interface that ADD made. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res01: RequirementCheck = {
  id: "RES-01",
  level: "MUST",
  section: "5 ADD Success",
  title: "interfaces lists every interface that ADD made",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-01",
      look({ version, result, hostBefore, hostAfter, inPod }) {
        const known = new Set(hostBefore.links.map(({ name }) => name));
        const made = [...hostAfter.links, ...inPod.links]
          .map(({ name }) => name)
          .filter((name) => name !== "lo" && !known.has(name));
        const listed = result.interfaces.map(({ name }) => name);
        const missing = made.filter((name) => !listed.includes(name));
        t.equal(missing, [], `interfaces for ${version} should list what was made`);
      },
    });
  },
};
