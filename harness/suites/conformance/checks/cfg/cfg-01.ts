/** Unknown keys may be refused, but not by one verb after another has taken them: then nothing could be undone. */
import { verbExists } from "../../../../spec/version.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const cfg01: RequirementCheck = {
  id: "CFG-01",
  level: "MAY",
  section: "1",
  title: "an unknown key that ADD takes is taken by CHECK and DEL too",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const config = { bogusKey: { deep: ["bogus"] } };
    const added = await subject.call(t, "ADD", { pod, config });
    // How a refusal is told is for ERR-06 to say.
    if (added.answer.kind === "error") return;
    const prevResult = added.answer.document;
    for (const verb of ["CHECK", "DEL"] as const) {
      if (!verbExists(verb, subject.newest)) continue;
      const called = await subject.call(t, verb, { pod, config, prevResult });
      mustSucceed(t, called, `${verb} with the unknown key that ADD took`);
    }
  },
};
