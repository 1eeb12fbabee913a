/** ADD makes the interface CNI_IFNAME in CNI_NETNS. */

import { ipFacts } from "../../../ip-facts.ts";
import { inItself, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add01: RequirementCheck = {
  id: "ADD-01",
  level: "SHOULD",
  section: "2 ADD",
  title: "ADD makes the interface CNI_IFNAME in CNI_NETNS",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const called = await subject.call(t, "ADD", { pod, ifname: "net1" });
    mustSucceed(t, inItself(called), "ADD of net1");
    const links = (await ipFacts(pod.place)).links.filter(({ name }) => name !== "lo");
    t.equal(
      links.map(({ name }) => name),
      ["net1"],
      "the pod should have exactly this interface",
    );
    t.must(links[0]?.up, "net1 should be up");
  },
};
