/** ADD of a further interface succeeds where the pod has a default route, which stays. */
import { ipFacts } from "../../../ip-facts.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what an earlier network left in the pod */
const otherNetwork = [
  "link add net0 type veth peer name net0-peer",
  "link set net0-peer up",
  "link set net0 up",
  "address add 192.0.2.2/24 dev net0",
  "route add default via 192.0.2.1 dev net0",
];

export const add12: RequirementCheck = {
  id: "ADD-12",
  level: "SHOULD",
  section: "0.4.0 Well-known structures: Routes",
  title: "ADD of a further interface succeeds where the pod has a default route, which stays",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const command of otherNetwork) await pod.place.exec(["ip", ...command.split(" ")]);
    const defaults = async () =>
      (await ipFacts(pod.place)).routes.filter(
        ({ dst, dev }) => dst === "0.0.0.0/0" && dev === "net0",
      );
    const before = await defaults();
    if (before.length !== 1) t.blocked("the pod has no default route through net0");
    const what = "ADD beside a default route through another link";
    mustSucceed(t, await subject.call(t, "ADD", { pod, ifname: "net1" }), what);
    t.equal(await defaults(), before, "the default route that was there");
  },
};
