/** DEL alone suffices: no GC is needed for a clean life. */
import { attach, detach } from "../../attached.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** more than a node of the tests has VFs */
const rounds = 10;

export const gc15: RequirementCheck = {
  id: "GC-15",
  level: "IMPL",
  section: "2 GC",
  title: "DEL alone suffices: no GC is needed for a clean life",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    for (let round = 1; round <= rounds; round += 1) {
      const attached = await attach(subject, t, { pod });
      mustSucceed(t, await detach(subject, t, attached), `DEL of round ${round}`);
    }
    await mustBecome(t, subject, {
      state: before,
      what: `${rounds} rounds of ADD and DEL without GC`,
    });
  },
};
