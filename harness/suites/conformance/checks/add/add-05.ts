/** The result's cniVersion is the configuration's. */
import { z } from "zod";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** all that this looks at: the rest may be wrong */
const told = z.looseObject({ cniVersion: z.string() });

export const add05: RequirementCheck = {
  id: "ADD-05",
  level: "MUST",
  section: "5",
  title: "the result's cniVersion is the configuration's",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const { document, called } = await subject.look(version);
      t.evidence(called.evidence);
      const { cniVersion } = told.safeParse(document).data ?? {};
      t.equal(cniVersion, version, `cniVersion of a result for ${version}`);
    }
  },
};
