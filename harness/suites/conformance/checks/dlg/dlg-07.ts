/** A plugin fails when its delegate fails. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import { ipamAnswer } from "../../ipam-answer.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg07: RequirementCheck = {
  id: "DLG-07",
  level: "SHOULD",
  section: "4",
  title: "A plugin fails when its delegate fails",
  since: "1.0.0",
  needs: ["delegates"],
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const script = refusal(105, "the delegate refuses");
    await double.on("ADD", script);
    const pod = await subject.pod(t);
    const added = await double.call(t, "ADD", { pod });
    mustFail(t, added, { what: "ADD with a delegate that fails", names: ["the delegate refuses"] });
    await double.call(t, "DEL", { pod });
    // DEL may go on and succeed, if it says so by its exit status; what it must not do is stop half-way.
    await double.on("ADD", { stdout: await ipamAnswer(subject) });
    const other = await subject.pod(t);
    const prevResult = mustSucceed(t, await double.call(t, "ADD", { pod: other }), "ADD");
    await double.on("DEL", script);
    const deleted = await double.call(t, "DEL", { pod: other, prevResult });
    const left = (await ipFacts(other.place)).links.map(({ name }) => name);
    await double.on("DEL", {});
    mustFail(t, deleted, { what: "DEL with a delegate that fails" });
    t.against(
      ["strict"],
      !left.includes(subject.ifname),
      `DEL with a delegate that fails should still remove ${subject.ifname}`,
    );
  },
};
