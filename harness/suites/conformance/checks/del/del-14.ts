/** A late DEL of an old container does not hit the new owner of what it had. */
import type { Pod } from "../../../../core/backend.ts";
import { anyResult } from "../../../../spec/result.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { given, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** new containers until one has what the old one had; IP asks IPAM plugins that listen for it */
const most = 8;

export const del14: RequirementCheck = {
  id: "DEL-14",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "a late DEL of an old container does not hit the new owner of what it had",
  async run(subject: Subject, t: Judge) {
    const old = await subject.pod(t);
    const first = given(t, await subject.call(t, "ADD", { pod: old }), "ADD of the old container");
    given(t, await subject.call(t, "DEL", { pod: old, prevResult: first }), "its DEL");
    const had = held(first);
    const pods: Pod[] = [];
    for (let again = false; !again && pods.length < most; ) {
      const pod = await subject.pod(t);
      const [IP = ""] = had;
      const asking = { pod, environment: { CNI_ARGS: `IgnoreUnknown=1;IP=${IP.split("/")[0]}` } };
      const called = await subject.call(t, "ADD", asking);
      if (called.answer.kind === "error") break;
      pods.push(pod);
      again = held(called.answer.document).some((one) => had.includes(one));
    }
    if (pods.length === 0) t.blocked("no new container could be attached");
    const look = () => Promise.all(pods.map(({ place }) => ipFacts(place)));
    const before = await look();
    await mustLeaveUnchanged(t, subject, {
      what: "a late DEL",
      async work() {
        // Whether it succeeds is for DEL-02; here it must do no harm.
        await subject.call(t, "DEL", { pod: old, prevResult: first });
      },
    });
    t.equal(await look(), before, "the new containers should be as before");
  },
};

/** addresses and MACs, by which a resource is known again */
function held(document: unknown): readonly string[] {
  const { ips, interfaces } = anyResult.parse(document);
  const macs = interfaces.flatMap(({ mac, sandbox }) => (sandbox && mac ? [mac] : []));
  return [...ips.map(({ address }) => address), ...macs];
}
