/** DEL undoes what ADD did. */
import type { CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { mustBecome, mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

export const del01: SmokeCheck = {
  id: "DEL-01",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL undoes what ADD did",
  async run(subject: Subject, t: CheckContext) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL");
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.equal(links, ["lo"], "the pod should have no interface");
    await mustBecome(t, subject, { state: before, what: "DEL" });
  },
};
