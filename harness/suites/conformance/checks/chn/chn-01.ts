/** ADD with prevResult passes it on or refuses: it is not unaware of it. */
import { anyResult } from "../../../../spec/result.ts";
import { earlierResult, earlyEntries } from "../../earlier.ts";
import { mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn01: RequirementCheck = {
  id: "CHN-01",
  level: "MUST",
  section: "2 ADD",
  title: "ADD with prevResult passes it on or refuses: it is not unaware of it",
  since: "0.3.0",
  roles: ["interface", "chained"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = earlierResult(subject, pod, subject.newest);
    const before = await subject.state();
    const { answer } = await subject.call(t, "ADD", { pod, prevResult });
    if (answer.kind === "error") {
      await mustBecome(t, subject, { state: before, what: "ADD that refuses prevResult" });
      return;
    }
    const result = anyResult.safeParse(answer.document);
    if (!result.success) t.blocked("its result cannot be read, as the checks of RES say");
    const told = earlyEntries(result.data);
    t.must(
      told.interfaces.length > 0 || told.ips.length > 0 || told.routes.length > 0,
      "ADD should handle prevResult, its result has nothing of it",
    );
  },
};
