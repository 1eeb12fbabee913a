/** The exit status is 0 on success, whatever the verb: runtimes look at nothing else. */
import { errorObject } from "../../../../spec/error.ts";
import { type Verb, verbExists } from "../../../../spec/version.ts";
import type { Judge } from "../../judge.ts";
import { parseJson } from "../../parse-json.ts";
import type { CallOptions } from "../../plugin-call.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro02: RequirementCheck = {
  id: "PRO-02",
  level: "MUST",
  section: "2 Errors",
  title: "the exit status is 0 on success",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const calls: readonly (readonly [Verb, CallOptions])[] = [
      ["VERSION", {}],
      ["STATUS", {}],
      ["ADD", { pod }],
      ["DEL", { pod }],
    ];
    for (const [verb, options] of calls) {
      if (!verbExists(verb, subject.newest)) continue;
      const { evidence } = await subject.call(t, verb, options);
      // It says that it failed: no success to judge here.
      if (errorObject.safeParse(parseJson(evidence.stdout)).success) continue;
      t.equal(evidence.exitCode, 0, `${verb} should exit with 0`);
    }
  },
};
