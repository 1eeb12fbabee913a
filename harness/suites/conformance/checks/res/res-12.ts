/** A result before 0.3.0 has ip4 and ip6 objects, and neither interfaces nor ips. */
import { z } from "zod";
import { resultSchema } from "../../../../spec/result.ts";
import { compareVersions } from "../../../../spec/version.ts";
import { given, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** What it says itself, since a target need not list versions that no runtime asks for any more. */
const answer = z.object({ supportedVersions: z.array(z.string()).default([]) });

export const res12: RequirementCheck = {
  id: "RES-12",
  level: "MUST",
  section: "0.2.0 Result",
  title: "a result before 0.3.0 has ip4 and ip6 objects, and neither interfaces nor ips",
  async run(subject: Subject, t: Judge) {
    const asked = await subject.call(t, "VERSION");
    const document = given(t, asked, "VERSION");
    const supported = answer.parse(document).supportedVersions;
    const old = supported.filter((version) => compareVersions(version, "0.3.0") < 0);
    if (old.length === 0)
      t.notApplicable(`${subject.plugin.name} supports no version before 0.3.0`);
    for (const version of old) {
      const pod = await subject.pod(t);
      const called = await subject.call(t, "ADD", { pod, version });
      const result = mustSucceed(t, called, `ADD with cniVersion ${version}`);
      const issues = resultSchema(version).safeParse(result).error?.issues ?? [];
      const faults = issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
      t.equal(faults, [], `the result for ${version} should keep the shape of its time`);
      mustSucceed(
        t,
        await subject.call(t, "DEL", { pod, version }),
        `DEL with cniVersion ${version}`,
      );
    }
  },
};
