/** A plugin finds its delegate by searching CNI_PATH in order. */
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg01: RequirementCheck = {
  id: "DLG-01",
  level: "SHOULD",
  section: "4",
  title: "A plugin finds its delegate by searching CNI_PATH in order",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const first = await IpamDouble.answering(subject, t);
    const second = await IpamDouble.answering(subject, t);
    const pod = await subject.pod(t);
    const called = await first.call(t, "ADD", { pod, behind: [second.directory] });
    mustSucceed(t, called, "ADD with two delegates of one name");
    t.equal(await first.verbs(), ["ADD"], "calls of the delegate in the first directory");
    t.equal(await second.verbs(), [], "calls of the delegate in the second directory");
  },
};
