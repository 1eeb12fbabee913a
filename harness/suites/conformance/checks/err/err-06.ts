/** Code 2: a plugin that refuses keys it does not know says which, with its value. */
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err06: RequirementCheck = {
  id: "ERR-06",
  level: "MUST",
  section: "5 code 2",
  title: "an unknown key, if refused, is code 2 with key and value in the message",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const config = { bogusKey: "bogusValue" };
    const called = await subject.call(t, "ADD", { pod, config });
    if (called.answer.kind === "success") t.notApplicable("it does not refuse unknown keys");
    const names = ["bogusKey", "bogusValue"];
    mustFail(t, called, { what: "ADD with an unknown key", codes: [2], names });
  },
};
