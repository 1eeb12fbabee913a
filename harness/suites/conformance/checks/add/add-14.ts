/** ADD works for a network that no other verb was called for before. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add14: RequirementCheck = {
  id: "ADD-14",
  level: "IMPL",
  section: "2 STATUS",
  title: "ADD works for a network that no other verb was called for before",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    // No STATUS, GC, CHECK or DEL has ever named it, on any node.
    const network = `first-${t.seed}`;
    t.cleanup(() => subject.quietCall("DEL", { pod, network }));
    mustSucceed(t, await subject.call(t, "ADD", { pod, network }), "an ADD as the first verb");
  },
};
