/** CHECK runs the delegate's CHECK and passes its error on. */
import { mustFail, mustSucceed } from "../../expect.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk11: RequirementCheck = {
  id: "CHK-11",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK runs the delegate's CHECK and passes its error on",
  since: "0.4.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await double.call(t, "ADD", { pod }), "ADD with a delegate");
    const good = await double.call(t, "CHECK", { pod, prevResult });
    mustSucceed(t, good, "CHECK with a delegate");
    t.must((await double.verbs()).includes("CHECK"), "CHECK should run the delegate");
    await double.on("CHECK", refusal(105, "the delegate misses its address"));
    const bad = await double.call(t, "CHECK", { pod, prevResult });
    const names = ["the delegate misses its address"];
    mustFail(t, bad, { what: "CHECK with a delegate that fails", codes: [105], names });
  },
};
