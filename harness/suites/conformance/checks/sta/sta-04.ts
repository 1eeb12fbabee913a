/** STATUS tells exhaustion by code 50, or stays 0 for the sake of the pods that run. */

import { exhaust } from "../../exhaust.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta04: RequirementCheck = {
  id: "STA-04",
  level: "SHOULD",
  section: "2 STATUS",
  title: "STATUS tells exhaustion by code 50, or stays 0 for the sake of the pods that run",
  since: "1.1.0",
  roles: ["interface", "ipam"],
  needs: ["finite"],
  async run(subject: Subject, t: Judge) {
    await exhaust(subject, t);
    const called = await subject.call(t, "STATUS");
    // Kubernetes takes a failing STATUS for a node that is not ready: a plugin may prefer to keep a full node in service.
    if (called.answer.kind === "success") return;
    mustFail(t, called, { what: "STATUS while nothing is left to give", codes: [50] });
  },
};
