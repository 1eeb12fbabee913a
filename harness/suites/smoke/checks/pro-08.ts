/** ADD without a required variable is code 4 and the message names every missing one. */
import type { CheckContext } from "../../../core/check.ts";
import { mustFail, mustLeaveUnchanged } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

const required = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];

export const pro08: SmokeCheck = {
  id: "PRO-08",
  level: "MUST",
  section: "2 ADD",
  title: "ADD without a required variable is code 4 and the message names every missing one",
  async run(subject: Subject, t: CheckContext) {
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
