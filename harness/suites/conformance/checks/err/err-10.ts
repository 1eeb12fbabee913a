/** Codes 50 and 51 are answers of STATUS; from a call that was wrong in itself they would mislead. */
import { badCalls } from "../../bad-calls.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err10: RequirementCheck = {
  id: "ERR-10",
  level: "MUST",
  section: "2 STATUS",
  title: "codes 50 and 51 say that the plugin is not available, and nothing else",
  since: "1.1.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const { what, answer } of await badCalls(subject, t)) {
      if (answer.kind === "success") continue;
      const { code, msg } = answer;
      t.must(code !== 50 && code !== 51, `${what} should not give code ${code} (${msg})`);
    }
  },
};
