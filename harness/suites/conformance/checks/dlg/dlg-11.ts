/** DEL runs the IPAM plugin even if the namespace or the interface is gone. */

import type { Pod } from "../../../../core/backend.ts";
import { ipAt } from "../../drift.ts";
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { CallOptions } from "../../plugin-call.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg11: RequirementCheck = {
  id: "DLG-11",
  level: "IMPL",
  section: "2 DEL",
  title: "DEL runs the IPAM plugin even if the namespace or the interface is gone",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const kinds: readonly (readonly [what: string, before: (pod: Pod) => Promise<CallOptions>])[] =
      [
        [
          "the interface has another name",
          async (pod) => {
            await ipAt(t, pod.place, "link", "set", subject.ifname, "down");
            await ipAt(t, pod.place, "link", "set", subject.ifname, "name", "elsewhere0");
            return {};
          },
        ],
        ["CNI_NETNS is not set", async () => ({ environment: { CNI_NETNS: undefined } })],
        [
          "the namespace is gone",
          async (pod) => {
            await pod[Symbol.asyncDispose]();
            return {};
          },
        ],
      ];
    const skipped: string[] = [];
    for (const [what, before] of kinds) {
      const pod = await subject.pod(t);
      const prevResult = mustSucceed(t, await double.call(t, "ADD", { pod }), "ADD");
      const calls = (await double.verbs()).length;
      await double.call(t, "DEL", { pod, prevResult, ...(await before(pod)) });
      if (!(await double.verbs()).slice(calls).includes("DEL")) skipped.push(what);
      await double.call(t, "DEL", { pod, prevResult });
    }
    t.must(skipped.length === 0, `DEL should run its delegate when ${skipped.join(", when ")}`);
  },
};
