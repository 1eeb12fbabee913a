/** Mac of the result is the kernel's. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res03: RequirementCheck = {
  id: "RES-03",
  level: "MUST",
  section: "5 ADD Success",
  title: "mac of the result is the kernel's",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-03");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod, hostAfter } = sample;
      for (const { name, mac, sandbox } of result.interfaces) {
        const links = (sandbox ?? "") === "" ? hostAfter.links : inPod.links;
        const link = links.find((one) => one.name === name);
        // A bridge takes the MAC of one of its ports, and may change it with the next.
        if (link?.kind === "bridge" || link === undefined) continue;
        t.equal(mac, link.mac, `mac of ${name} in the result for ${version}`);
      }
    }
  },
};
