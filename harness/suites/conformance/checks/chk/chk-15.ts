/** CHECK of an attachment that is not there is an error. */
import { attach, checkOf, detach } from "../../attached.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk15: RequirementCheck = {
  id: "CHK-15",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK of an attachment that was never made, or was deleted, is an error",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { document, ifname } = await subject.sample(subject.newest);
    const pod = await subject.pod(t);
    const never = await subject.call(t, "CHECK", { pod, ifname, prevResult: document });
    mustFail(t, never, { what: "CHECK of a pod that was never attached" });
    const attached = await attach(subject, t, { pod });
    mustSucceed(t, await detach(subject, t, attached), "DEL");
    mustFail(t, await checkOf(subject, t, attached), { what: "CHECK after DEL" });
  },
};
