/** Ips[].interface points at the interface that holds the address. */

import { canonicalCidr } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res10: RequirementCheck = {
  id: "RES-10",
  level: "MUST",
  section: "5 ADD Success",
  title: "ips[].interface points at the interface that holds the address",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-10");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, inPod, hostAfter } = sample;
      for (const { address, interface: index } of result.ips) {
        if (index === undefined) continue;
        const entry = result.interfaces[index];
        t.must(entry, `ips[].interface ${index} for ${version} should be in range`);
        const { name, sandbox = "" } = entry;
        const links = sandbox === "" ? hostAfter.links : inPod.links;
        const held = links.find((link) => link.name === name)?.addresses ?? [];
        t.must(
          held.includes(canonicalCidr(address)),
          `${address} should be on ${name} (${version})`,
        );
      }
    }
  },
};
