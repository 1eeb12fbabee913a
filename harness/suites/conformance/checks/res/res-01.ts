/** Interfaces lists every interface that ADD made. */
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res01: RequirementCheck = {
  id: "RES-01",
  level: "MUST",
  section: "5 ADD Success",
  title: "interfaces lists every interface that ADD made",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const sample = await subject.sample(version);
      t.evidence(sample.called.evidence);
      const faults = sample.faults.filter(({ rule }) => rule === "RES-01");
      t.equal(faults, [], `the result for ${version} should keep the rule`);
      const { result, hostBefore, hostAfter, inPod } = sample;
      const known = new Set(hostBefore.links.map(({ name }) => name));
      const made = [...hostAfter.links, ...inPod.links]
        .map(({ name }) => name)
        .filter((name) => name !== "lo" && !known.has(name));
      const listed = result.interfaces.map(({ name }) => name);
      const missing = made.filter((name) => !listed.includes(name));
      t.equal(missing, [], `interfaces for ${version} should list what was made`);
      for (const { name, sandbox } of result.interfaces) {
        const links = (sandbox ?? "") === "" ? hostAfter.links : inPod.links;
        t.must(
          links.some((link) => link.name === name),
          `interface ${name} of the result for ${version} should exist`,
        );
      }
    }
  },
};
