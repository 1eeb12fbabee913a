/** GC with a configuration older than 1.1.0 is code 1. */
import { mustFail } from "../../expect.ts";
import { attachForGc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc16: RequirementCheck = {
  id: "GC-16",
  level: "IMPL",
  section: "1",
  title: "GC with a configuration older than 1.1.0 is code 1",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attachForGc(subject, t);
    const { network } = attached;
    const called = await subject.call(t, "GC", { version: "1.0.0", network });
    mustFail(t, called, { what: "GC with cniVersion 1.0.0", codes: [1] });
    await mustBeThere(t, attached, { there: true, what: "GC with cniVersion 1.0.0" });
  },
};
