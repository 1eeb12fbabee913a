/** ADD with an unsupported version fails before any side effect. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add06: RequirementCheck = {
  id: "ADD-06",
  level: "SHOULD",
  section: "5 code 1",
  title: "ADD with an unsupported version fails before any side effect",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with an unsupported version",
      async work() {
        const called = await subject.call(t, "ADD", { pod, config: { cniVersion: "9.9.9" } });
        // That it is refused, and by code 1, is ERR-05's.
        const { exitCode } = called.pastHabits ?? called.evidence;
        if (exitCode === 0) t.blocked("ADD with cniVersion 9.9.9 exits with 0");
      },
    });
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.equal(links, ["lo"], "the pod should be untouched");
  },
};
