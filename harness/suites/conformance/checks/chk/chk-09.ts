/** CHECK fails when what forwards for the pod on the DPU is missing. */
import { ipFacts } from "../../../ip-facts.ts";
import { checkOf } from "../../attached.ts";
import { ipAt } from "../../drift.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { attachWithPort, hasRoute, wordsOf } from "../../port.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk09: RequirementCheck = {
  id: "CHK-09",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when what forwards for the pod on the DPU is missing",
  since: "0.4.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    const { dpu } = subject.node;
    const attached = await attachWithPort(subject, t);
    for (const route of attached.routes) {
      const words = wordsOf(route);
      await ipAt(t, dpu, "route", "del", ...words);
      const called = await checkOf(subject, t, attached);
      // One that watches the kernel may have put the route back by itself.
      if (hasRoute(await ipFacts(dpu), route)) continue;
      await ipAt(t, dpu, "route", "add", ...words);
      mustFail(t, called, { what: `CHECK without the DPU's route ${words.join(" ")}` });
    }
  },
};
