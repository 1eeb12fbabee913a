/** The addresses of a 0.3.0 result are listed as ips, the name that readers look for. */

import { z } from "zod";
import { given } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const answer = z.object({ supportedVersions: z.array(z.string()).default([]) });

export const res13: RequirementCheck = {
  id: "RES-13",
  level: "IMPL",
  section: "0.3.0 Result",
  title: "the addresses of a 0.3.0 result are listed as ips, the name that readers look for",
  readings: ["skel", "runtime"],
  async run(subject: Subject, t: Judge) {
    const asked = given(t, await subject.call(t, "VERSION"), "VERSION");
    const { supportedVersions } = answer.parse(asked);
    if (!supportedVersions.includes("0.3.0")) {
      t.notApplicable(`${subject.plugin.name} does not support 0.3.0`);
    }
    const { document, called } = await subject.look("0.3.0");
    t.evidence(called.evidence);
    // The text of 0.3.0 has "ip" in one place and "ips" in another; libcni reads "ips".
    const keys = Object.keys(Object(document));
    const meant = keys.includes("ip") && !keys.includes("ips");
    t.against(["skel", "runtime"], !meant, 'the addresses should be under "ips", not "ip"');
  },
};
