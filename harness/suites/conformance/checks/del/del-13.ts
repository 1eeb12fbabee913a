/** DEL touches its own attachment only. */
import { ipFacts } from "../../../ip-facts.ts";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
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
    const lastDigit = pod.containerId.endsWith("0") ? "1" : "0";
    const neighbours = [
      { pod, ifname: "net1" },
      { pod: other, ifname: "eth0" },
      {
        // an id that differs in its last digit only
        pod: { ...(await subject.pod(t)), containerId: pod.containerId.slice(0, -1) + lastDigit },
        ifname: "eth0",
      },
    ];
    for (const neighbour of neighbours) {
      t.cleanup(() => subject.quietCall("DEL", neighbour));
      const { answer } = await subject.call(t, "ADD", neighbour);
      // One that the plugin refuses is no neighbour: ADD-08 is about that.
      if (answer.kind === "error") t.log(`no neighbour: ${answer.msg}`);
    }
    const look = () => Promise.all(neighbours.map((one) => ipFacts(one.pod.place)));
    const [state, pods] = [await subject.state(), await look()];
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL");
    t.equal(await look(), pods, "the pods of the neighbours after DEL");
    await mustBecome(t, subject, { state, what: "DEL beside its neighbours" });
  },
};
