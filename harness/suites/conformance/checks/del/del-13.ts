/** DEL touches its own attachment only. */

import type { Place } from "../../../../core/backend.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

async function linkOf(place: Place, name: string) {
  return (await ipFacts(place)).links.find((link) => link.name === name);
}

export const del13: RequirementCheck = {
  id: "DEL-13",
  level: "IMPL",
  section: "3",
  title: "DEL touches its own attachment only",
  async run(subject: Subject, t: Judge) {
    const [pod, neighbour] = [await subject.pod(t), await subject.pod(t)];
    mustSucceed(t, await subject.call(t, "ADD", { pod, ifname: "eth0" }), "ADD of eth0");
    const beside = mustSucceed(
      t,
      await subject.call(t, "ADD", { pod, ifname: "net1" }),
      "ADD of net1",
    );
    const other = mustSucceed(
      t,
      await subject.call(t, "ADD", { pod: neighbour }),
      "ADD of the neighbour",
    );
    const before = await ipFacts(neighbour.place);
    const net1 = await linkOf(pod.place, "net1");
    mustSucceed(t, await subject.call(t, "DEL", { pod, ifname: "eth0" }), "DEL of eth0");
    t.equal(await ipFacts(neighbour.place), before, "the neighbour should be as before");
    t.equal(await linkOf(pod.place, "net1"), net1, "net1 of the same pod should be as before");
    const checked = await subject.call(t, "CHECK", { pod: neighbour, prevResult: other });
    mustSucceed(t, checked, "CHECK of the neighbour");
    mustSucceed(
      t,
      await subject.call(t, "DEL", { pod, ifname: "net1", prevResult: beside }),
      "DEL of net1",
    );
  },
};
