/** DEL with CNI_NETNS unset or empty releases everything but the interface. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del08: RequirementCheck = {
  id: "DEL-08",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL with CNI_NETNS unset or empty releases everything but the interface",
  async run(subject: Subject, t: Judge) {
    for (const netns of [undefined, ""]) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const what = netns === undefined ? "DEL without CNI_NETNS" : "DEL with an empty CNI_NETNS";
      const environment = { CNI_NETNS: netns };
      mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult, environment }), what);
      // Callers do this when the namespace is about to go, or gone.
      await pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
