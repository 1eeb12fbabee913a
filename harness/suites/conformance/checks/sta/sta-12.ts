/** STATUS with a configuration older than 1.1.0 is code 1. */

import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta12: RequirementCheck = {
  id: "STA-12",
  level: "IMPL",
  section: "1",
  title: "STATUS with a configuration older than 1.1.0 is code 1",
  since: "1.1.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const called = await subject.call(t, "STATUS", { version: "1.0.0" });
    mustFail(t, called, { what: "STATUS with cniVersion 1.0.0", codes: [1] });
  },
};
