/** CHECK with a configuration older than 0.4.0 is code 1. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk16: RequirementCheck = {
  id: "CHK-16",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK with a configuration older than 0.4.0 is code 1",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { pod, document } = await subject.sample("0.3.1");
    const called = await subject.call(t, "CHECK", { pod, prevResult: document, version: "0.3.1" });
    mustFail(t, called, { what: "CHECK with cniVersion 0.3.1", codes: [1] });
  },
};
