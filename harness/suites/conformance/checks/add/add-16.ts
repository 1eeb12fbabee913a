/** An ADD that its caller gave up on leaves nothing that the later DEL cannot find. */

import { duringOutages, outageText } from "../../during-outages.ts";
import { mustBecome, restingState } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { type KilledAdd, killedAdd, killInstantsMs } from "../../killed-add.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** enough for an ADD to come as far as to what does not answer */
const heldMs = 300;

export const add16: RequirementCheck = {
  id: "ADD-16",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "an ADD that its caller gave up on leaves nothing that the later DEL cannot find",
  timeoutMs: 60_000,
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const mustClear = async (add: KilledAdd, when: string) => {
      const what = `DEL ${when} ${add.what}`;
      // Whether it succeeds is for DEL-15; here it must leave nothing.
      await subject.call(t, "DEL", { pod: add.pod });
      // What arrives after the DEL has its time to arrive.
      await restingState(subject);
      await add.pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what });
    };
    const [early = 1, late = 1] = await killInstantsMs(subject, t, 2);
    for (const afterMs of [early, late]) {
      await mustClear(await killedAdd(subject, t, afterMs), "right after");
      const add = await killedAdd(subject, t, afterMs);
      await restingState(subject);
      await mustClear(add, "some time after");
    }
    for (const outage of subject.outages.filter(({ kind }) => kind === "silent")) {
      const held: KilledAdd[] = [];
      const work = async () => held.push(await killedAdd(subject, t, heldMs));
      await duringOutages(subject, t, { outages: [outage], work });
      await restingState(subject);
      for (const add of held) await mustClear(add, `when ${outageText(outage)} no more, after`);
    }
  },
};
