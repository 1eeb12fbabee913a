/** The exit status is 0 on success. */

import { ipFacts } from "../../../ip-facts.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro02: RequirementCheck = {
  id: "PRO-02",
  level: "MUST",
  section: "2 Errors",
  title: "the exit status is 0 on success",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const added = await subject.call(t, "ADD", { pod });
    const deleted = await subject.call(t, "DEL", { pod });
    const asked = await subject.call(t, "VERSION");
    for (const [verb, { evidence }] of Object.entries({
      ADD: added,
      DEL: deleted,
      VERSION: asked,
    })) {
      t.equal(evidence.exitCode, 0, `${verb} should exit with 0`);
    }
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.equal(links, ["lo"], "DEL with exit status 0 should have taken the interface away");
  },
};
