/** DEL touches its own attachment only. */
import { type IpFacts, ipFacts } from "../../../ip-facts.ts";
import { difference, given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del13: RequirementCheck = {
  id: "DEL-13",
  level: "IMPL",
  section: "3",
  title: "DEL touches its own attachment only",
  async run(subject: Subject, t: Judge) {
    const [pod, other] = [await subject.pod(t), await subject.pod(t)];
    const neighbours = [
      { pod: other, ifname: "eth0" },
      { pod: { ...(await subject.pod(t)), containerId: almost(pod.containerId) }, ifname: "eth0" },
      { pod, ifname: "net1" },
    ];
    const empty = await subject.state();
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    const own = difference(empty, await subject.state());
    for (const neighbour of neighbours) {
      t.cleanup(() => subject.quietCall("DEL", neighbour));
      const { answer } = await subject.call(t, "ADD", neighbour);
      if (answer.kind === "success") continue;
      // One that the plugin refuses is no neighbour: ADD-08 is about that.
      t.log(`no neighbour ${neighbour.ifname}: ${answer.msg}`);
      await subject.quietCall("DEL", neighbour);
    }
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.must(
      links.includes("eth0"),
      "a DEL for a neighbour should leave eth0 of the pod, it is gone",
    );
    const look = () => Promise.all(neighbours.map(({ pod: { place } }) => ipFacts(place)));
    const [all, before] = [await subject.state(), await look()];
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL");
    for (const [i, now] of (await look()).entries()) {
      const others = (facts: IpFacts | undefined) =>
        facts?.links.filter(({ name }) => name !== "eth0");
      const isOwn = neighbours[i]?.pod === pod;
      const [is, was] = isOwn ? [others(now), others(before[i])] : [now, before[i]];
      t.equal(is, was, `neighbour ${i + 1}, ${neighbours[i]?.ifname}, after DEL`);
    }
    await mustBecome(t, subject, { state: without(all, own), what: "DEL beside its neighbours" });
  },
};

/** an id that differs in its last digit only */
function almost(containerId: string): string {
  return containerId.slice(0, -1) + (containerId.endsWith("0") ? "1" : "0");
}

/** The state with the changes of one attachment taken back. */
function without(state: readonly string[], changes: readonly string[]): readonly string[] {
  const lines = (sign: string) =>
    changes.filter((line) => line.startsWith(sign)).map((line) => line.slice(sign.length));
  const added = new Set(lines("+ "));
  return [...state.filter((line) => !added.has(line)), ...lines("- ")];
}
