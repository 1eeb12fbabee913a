/** A second ADD without DEL fails and does not damage the first. */
import type { CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { mustBecome, mustFail, mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const add10: SmokeCheck = {
  id: "ADD-10",
  level: "IMPL",
  section: "2 ADD",
  title: "a second ADD without DEL fails and does not damage the first",
  async run(subject: Subject, t: CheckContext) {
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
