/** A second ADD without DEL fails and does not damage the first. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add10: RequirementCheck = {
  id: "ADD-10",
  level: "IMPL",
  section: "2 ADD",
  title: "a second ADD without DEL fails and does not damage the first",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "the first ADD");
    const inPod = await ipFacts(pod.place);
    mustFail(t, await subject.call(t, "ADD", { pod }), { what: "the second ADD" });
    t.equal(await ipFacts(pod.place), inPod, "the pod should be as after the first ADD");
    mustSucceed(t, await subject.call(t, "CHECK", { pod, prevResult }), "CHECK of the first");
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL");
    await mustBecome(t, subject, { state: before, what: "one DEL after two ADDs" });
  },
};
