/** A late DEL of an old container does not hit the new owner of what it had. */
import { ipFacts } from "../../../ip-facts.ts";
import { given, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** new containers, so that one of them has what the old one had */
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
    const had = held(t, first);
    const attach = async () => {
      const pod = await subject.pod(t);
      // The name by which IPAM plugins that listen are asked for an address.
      const CNI_ARGS = `IgnoreUnknown=1;IP=${had[0]?.split("/")[0]}`;
      const { answer } = await subject.call(t, "ADD", { pod, environment: { CNI_ARGS } });
      const got = answer.kind === "success" ? held(t, answer.document) : undefined;
      return { pod, got };
    };
    const asked = await attach();
    const again = asked.got?.some((one) => had.includes(one)) === true;
    const more = again ? [] : await Promise.all(Array.from({ length: most }, attach));
    const pods = [asked, ...more].flatMap(({ pod, got }) => (got === undefined ? [] : [pod]));
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
function held(t: Judge, document: unknown): readonly string[] {
  const { ips, interfaces } = readable(t, document);
  const macs = interfaces.flatMap(({ mac, sandbox }) => (sandbox && mac ? [mac] : []));
  return [...ips.map(({ address }) => address), ...macs];
}
