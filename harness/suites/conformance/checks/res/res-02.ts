/** Each interface of the result has the kernel's name. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res02: RequirementCheck = {
  id: "RES-02",
  level: "MUST",
  section: "5 ADD Success",
  title: "each interface of the result has the kernel's name",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-02");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod, ifname } = sample;
      const own = result.interfaces.filter(({ sandbox }) => (sandbox ?? "") !== "");
      t.must(
        own.some(({ name }) => name === ifname) && inPod.links.some(({ name }) => name === ifname),
        `${ifname} should be in the result for ${version} and in the pod`,
      );
    }
  },
};
