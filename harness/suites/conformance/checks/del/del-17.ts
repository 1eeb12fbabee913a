/** DEL without a required variable is code 4 and releases nothing. */
import { ipFacts } from "../../../ip-facts.ts";
import { given, mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del17: RequirementCheck = {
  id: "DEL-17",
  level: "IMPL",
  section: "2 DEL",
  title: "DEL without a required variable is code 4 and releases nothing",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    given(t, await subject.call(t, "ADD", { pod }), "ADD");
    const inPod = await ipFacts(pod.place);
    for (const variable of ["CNI_CONTAINERID", "CNI_IFNAME"]) {
      const what = `DEL without ${variable}`;
      await mustLeaveUnchanged(t, subject, {
        what,
        async work() {
          const environment = { [variable]: undefined };
          mustFail(t, await subject.call(t, "DEL", { pod, environment }), { what, codes: [4] });
        },
      });
    }
    t.equal(await ipFacts(pod.place), inPod, "the pod should be as before");
  },
};
