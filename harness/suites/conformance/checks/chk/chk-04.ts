/** CHECK fails when the interface is missing. */

import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk04: RequirementCheck = {
  id: "CHK-04",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when the interface is missing",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    await pod.place.exec(["ip", "link", "set", "eth0", "down"]);
    await pod.place.exec(["ip", "link", "set", "eth0", "name", "moved"]);
    const called = await subject.call(t, "CHECK", { pod, prevResult });
    mustFail(t, called, { what: "CHECK of an interface that was renamed" });
    await pod.place.exec(["ip", "link", "set", "moved", "name", "eth0"]);
  },
};
