/** ADD without a required variable is code 4 and the message names every missing one. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const required = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];

export const pro08: RequirementCheck = {
  id: "PRO-08",
  level: "MUST",
  section: "2 ADD",
  title: "ADD without a required variable is code 4 and the message names every missing one",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD without its variables",
      async work() {
        for (const missing of [...required.map((name) => [name]), required]) {
          for (const value of [undefined, ""]) {
            const environment = Object.fromEntries(missing.map((name) => [name, value]));
            const called = await subject.call(t, "ADD", { pod, environment });
            const how = value === undefined ? "without" : "with an empty";
            mustFail(t, called, {
              what: `ADD ${how} ${missing.join(", ")}`,
              codes: [4],
              names: missing,
            });
          }
        }
      },
    });
  },
};
