/** DEL takes every version that ADD takes, and any other is code 1. */
import { given, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del18: RequirementCheck = {
  id: "DEL-18",
  level: "IMPL",
  section: "5 code 1",
  title: "DEL takes every version that ADD takes, and any other is code 1",
  async run(subject: Subject, t: Judge) {
    for (const version of subject.plugin.versions) {
      const pod = await subject.pod(t);
      given(t, await subject.call(t, "ADD", { pod, version }), `ADD with ${version}`);
      mustSucceed(t, await subject.call(t, "DEL", { pod, version }), `DEL with ${version}`);
    }
    const pod = await subject.pod(t);
    const called = await subject.call(t, "DEL", { pod, config: { cniVersion: "9.9.9" } });
    mustFail(t, called, { what: "DEL with cniVersion 9.9.9", codes: [1] });
  },
};
