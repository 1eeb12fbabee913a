/** DEL after the namespace is gone succeeds and releases everything. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del06: RequirementCheck = {
  id: "DEL-06",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL after the namespace is gone succeeds and releases everything",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    await pod[Symbol.asyncDispose]();
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), "DEL without the namespace");
    await mustBecome(t, subject, { state: before, what: "DEL after the namespace went" });
  },
};
