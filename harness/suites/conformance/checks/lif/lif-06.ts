/** GC at the same time as an ADD that it does not list takes all of that attachment or nothing. */
import { sleep } from "../../../../../impl/base/time.ts";
import { gcKeys } from "../../../../runtime/derive.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { instantsMs } from "../../random-from.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** a network of its own: GC collects all that is in it */
const network = "gcbesidenet";
const tries = 4;
/** about as long as an ADD takes */
const spanMs = 60;

export const lif06: RequirementCheck = {
  id: "LIF-06",
  level: "IMPL",
  section: "3 Lifecycle",
  title:
    "GC at the same time as an ADD that it does not list takes all of that attachment or nothing",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    for (const pauseMs of instantsMs(t.seed, { fromMs: 0, toMs: spanMs, count: tries })) {
      const pod = await subject.pod(t);
      const config = Object.fromEntries(gcKeys.map((key) => [key, []]));
      const [added] = await Promise.all([
        subject.call(t, "ADD", { pod, network }),
        sleep(pauseMs).then(() => subject.call(t, "GC", { network, config })),
      ]);
      t.cleanup(() => subject.quietCall("DEL", { pod, network }));
      const what = `a GC ${pauseMs} ms after the start of an ADD`;
      const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
      const isAttached = added.answer.kind === "success" && links.includes("eth0");
      if (added.answer.kind === "success" && isAttached) {
        const prevResult = added.answer.document;
        const called = await subject.call(t, "CHECK", { pod, network, prevResult });
        mustSucceed(t, called, `CHECK of what stays after ${what}`);
      } else {
        // Serialised, or refused: then nothing of it is left.
        await mustBecome(t, subject, { state: before, what });
      }
      const deleted = await subject.call(t, "DEL", { pod, network });
      // What DEL answers where nothing is attached is DEL-04's.
      if (isAttached) mustSucceed(t, deleted, `DEL after ${what}`);
      await mustBecome(t, subject, { state: before, what: `DEL after ${what}` });
    }
  },
};
