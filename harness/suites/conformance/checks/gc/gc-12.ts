/** GC reports the delegate's error, and does its own part. */
import { gcKeys } from "../../../../runtime/derive.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import { mustBeThere } from "../../gc.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc12: RequirementCheck = {
  id: "GC-12",
  level: "SHOULD",
  section: "2 GC",
  title: "GC reports the delegate's error, and does its own part",
  since: "1.1.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const [pod, network, ifname] = [await subject.pod(t), "gcnet", subject.ifname];
    t.cleanup(() => subject.quietCall("DEL", { pod, network, ifname }));
    const added = await double.call(t, "ADD", { pod, network, ifname });
    const result = mustSucceed(t, added, "ADD with a delegate");
    await double.on("GC", refusal(105, "the delegate cannot collect"));
    const config = Object.fromEntries(gcKeys.map((key) => [key, []]));
    const called = await double.call(t, "GC", { network, config });
    const what = "GC with a delegate that fails";
    mustFail(t, called, { what });
    await mustBeThere(t, { pod, network, ifname, result }, { there: false, what });
  },
};
