/** Each address of the result is CIDR and on the interface. */

import { containerAddresses } from "../../../../spec/result.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res08: RequirementCheck = {
  id: "RES-08",
  level: "MUST",
  section: "5 ADD Success",
  title: "each address of the result is CIDR and on the interface",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-08");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod, ifname } = sample;
      const on = inPod.links.find(({ name }) => name === ifname)?.addresses ?? [];
      const said = containerAddresses(result, ifname);
      t.must(said.length > 0, `the result for ${version} should have an address`);
      t.equal(said.toSorted(), on.toSorted(), `addresses of the result for ${version}`);
    }
  },
};
