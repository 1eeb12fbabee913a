/** A code below 100 has its listed meaning. */

import { isLawfulCode } from "../../../../spec/error.ts";
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err04: RequirementCheck = {
  id: "ERR-04",
  level: "MUST",
  section: "5 Error",
  title: "a code below 100 has its listed meaning",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const [what, { answer }] of await badCalls(subject, t, pod)) {
      if (answer.kind === "success") t.fail(`${what} should fail`);
      const { code, msg } = answer;
      t.must(isLawfulCode(code), `code ${code} of ${what} is reserved and not assigned (${msg})`);
    }
  },
};
