/** DEL undoes what ADD did. */
import { ipFacts } from "../../../ip-facts.ts";
import { given, inItself, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del01: RequirementCheck = {
  id: "DEL-01",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL undoes what ADD did",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    mustSucceed(t, inItself(await subject.call(t, "DEL", { pod, prevResult })), "DEL");
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.equal(links, ["lo"], "the pod should have no interface");
    await mustBecome(t, subject, { state: before, what: "DEL", isPlainest: true });
  },
};
