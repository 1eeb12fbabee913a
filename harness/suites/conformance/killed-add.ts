/** ADDs whose process is killed before its end, at instants spread over the time that an ADD takes here. */
import type { Pod } from "../../core/backend.ts";
import { given } from "./expect.ts";
import type { Judge } from "./judge.ts";
import { instantsMs } from "./random-from.ts";
import type { Subject } from "./subject.ts";

export interface KilledAdd {
  readonly pod: Pod;
  readonly afterMs: number;
  /** for messages: "an ADD killed after 12 ms" */
  readonly what: string;
}

/** Instants from the check's seed; the first ADD, which runs to its end, says how long one takes. */
export async function killInstantsMs(
  subject: Subject,
  t: Judge,
  count: number,
): Promise<readonly number[]> {
  const pod = await subject.pod(t);
  const whole = await subject.call(t, "ADD", { pod });
  given(t, whole, "an ADD that is not killed");
  given(t, await subject.call(t, "DEL", { pod }), "its DEL");
  return instantsMs(t.seed, { fromMs: 0, toMs: whole.evidence.durationMs, count });
}

/** Kills the plugin and the processes it started; what it asked of a daemon may go on. */
export async function killedAdd(subject: Subject, t: Judge, afterMs: number): Promise<KilledAdd> {
  const pod = await subject.pod(t);
  const called = await subject.call(t, "ADD", { pod, timeoutMs: afterMs });
  const ended = called.evidence.signal === undefined ? "that ended before its kill" : "killed";
  return { pod, afterMs, what: `an ADD ${ended} after ${afterMs} ms` };
}
