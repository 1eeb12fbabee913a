/** CHECK succeeds right after ADD, every time. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const rounds = 30;
/** a slow plugin gets fewer rounds */
const budgetMs = 6_000;

export const chk02: RequirementCheck = {
  id: "CHK-02",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK succeeds right after ADD, every time",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const endMs = performance.now() + budgetMs;
    const { signal } = t;
    for (let round = 1; round <= rounds && performance.now() < endMs; round += 1) {
      const added = await subject.quietCall("ADD", { pod, signal });
      const prevResult = mustSucceed(t, added, "ADD");
      const checked = await subject.quietCall("CHECK", { pod, prevResult, signal });
      if (checked.answer.kind === "error") t.evidence(checked.evidence);
      mustSucceed(t, checked, `CHECK right after ADD (round ${round} of ${rounds})`);
      await subject.quietCall("DEL", { pod, prevResult, signal });
    }
  },
};
