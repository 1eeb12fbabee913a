/** CHECK with a configuration older than 0.4.0 is code 1. */
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk16: RequirementCheck = {
  id: "CHK-16",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK with a configuration older than 0.4.0 is code 1",
  since: "0.4.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const old = "0.3.1";
    const made = subject.plugin.versions.includes(old) ? old : subject.newest;
    const { pod, document } = await subject.sample(made);
    const called = await subject.call(t, "CHECK", { pod, prevResult: document, version: old });
    mustFail(t, called, { what: `CHECK with cniVersion ${old}`, codes: [1] });
  },
};
