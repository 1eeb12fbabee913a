/** Mtu of the result is the kernel's, and absent before 1.1.0. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res04: RequirementCheck = {
  id: "RES-04",
  level: "MUST",
  section: "5 ADD Success",
  title: "mtu of the result is the kernel's, and absent before 1.1.0",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-04");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod, ifname } = sample;
      const mtu = result.interfaces.find(({ name, sandbox }) => name === ifname && sandbox)?.mtu;
      if (mtu === undefined) continue;
      const link = inPod.links.find(({ name }) => name === ifname);
      t.equal(mtu, link?.mtu, `mtu of ${ifname} in the result for ${version}`);
    }
  },
};
