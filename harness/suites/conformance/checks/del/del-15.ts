/** DEL after an ADD that was killed cleans up. */
import { difference, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { killedAdd, killInstantsMs } from "../../killed-add.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** spread over the time that an ADD takes */
const kills = 4;

export const del15: RequirementCheck = {
  id: "DEL-15",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "DEL after an ADD that was killed cleans up",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    // The first dies before it has done anything, whatever an ADD takes.
    for (const afterMs of [1, ...(await killInstantsMs(subject, t, kills))]) {
      const { pod, what } = await killedAdd(subject, t, afterMs);
      const isLeft = difference(before, await subject.state()).length > 0;
      const deleted = await subject.call(t, "DEL", { pod });
      // What DEL answers where nothing is left is DEL-04's.
      if (isLeft) mustSucceed(t, deleted, `DEL after ${what}`);
      await pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what: `DEL after ${what}` });
    }
  },
};
