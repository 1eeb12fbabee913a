/** STATUS only asks: it changes nothing. */
import { mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const times = 25;

export const sta11: RequirementCheck = {
  id: "STA-11",
  level: "IMPL",
  section: "2 STATUS",
  title: "STATUS only asks: it changes nothing",
  since: "1.1.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    await mustLeaveUnchanged(t, subject, {
      what: `${times} times STATUS`,
      async work() {
        for (let i = 0; i < times; i += 1) {
          mustSucceed(t, await subject.call(t, "STATUS"), `STATUS number ${i + 1}`);
        }
      },
    });
  },
};
