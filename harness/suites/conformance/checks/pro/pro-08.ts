/** ADD needs its container, namespace and interface name; a person must be told which is missing. */
import { mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { mustRequire } from "../../required-variables.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const variables = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];

export const pro08: RequirementCheck = {
  id: "PRO-08",
  level: "MUST",
  section: "2 ADD",
  title: "ADD without a required variable is code 4 and the message names every missing one",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD without its variables",
      work: () => mustRequire(subject, t, "ADD", { variables, options: { pod } }),
    });
  },
};
