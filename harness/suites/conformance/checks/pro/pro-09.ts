/** CHECK needs what ADD needs. */
import type { Judge } from "../../judge.ts";
import { mustRequire } from "../../required-variables.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const variables = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];

export const pro09: RequirementCheck = {
  id: "PRO-09",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK without a required variable is code 4 and the message names every missing one",
  since: "0.4.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const { pod, document } = await subject.sample(subject.newest);
    const options = { pod, prevResult: document };
    await mustRequire(subject, t, "CHECK", { variables, options });
  },
};
