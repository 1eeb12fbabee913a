/** A delegate that failed ADD is run again with DEL. */
import { mustFail } from "../../expect.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg08: RequirementCheck = {
  id: "DLG-08",
  level: "SHOULD",
  section: "4",
  title: "A delegate that failed ADD is run again with DEL",
  since: "1.0.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    await double.on("ADD", refusal(105, "the delegate refuses"));
    const pod = await subject.pod(t);
    const added = await double.call(t, "ADD", { pod });
    mustFail(t, added, { what: "ADD with a delegate that fails" });
    const verbs = (await double.verbs()).join(" ");
    t.must(
      verbs === "ADD DEL",
      `a delegate that fails ADD should be run with DEL, it ran: ${verbs}`,
    );
  },
};
