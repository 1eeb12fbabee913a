/** Things changed by hand in a pod, as a person or another program would, to see whether CHECK notices. */
import type { Place } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { type Attached, attach, checkOf, detach } from "./attached.ts";
import type { Subject } from "./subject.ts";

export interface Drift {
  /** "the MTU was changed" */
  readonly what: string;
  apply(): Promise<unknown>;
  undo(): Promise<unknown>;
}

/** `ip` somewhere; what the kernel refuses there is no fault of the plugin's. */
export async function ipAt(
  t: CheckContext,
  place: Place,
  ...argv: readonly string[]
): Promise<string> {
  const ran = await place.exec(["ip", ...argv]);
  if (ran.exitCode === 0) return ran.stdout;
  return t.blocked(`Cannot run "ip ${argv.join(" ")}" in ${place.name}: ${ran.stderr.trim()}`);
}

/** Gives the drift of one attachment; undefined where it does not apply. */
export type DriftOf = (attached: Attached) => Promise<Drift | undefined>;

/** One attachment after the other in one pod, each with one drift: CHECK must fail for every one. */
export async function mustNotice(
  t: CheckContext,
  subject: Subject,
  drifts: readonly DriftOf[],
): Promise<void> {
  const pod = await subject.pod(t);
  const unnoticed: string[] = [];
  let applied = 0;
  for (const driftOf of drifts) {
    const attached = await attach(subject, t, { pod });
    const drift = await driftOf(attached);
    if (drift !== undefined) {
      applied += 1;
      if (await succeedsWith(drift, attached)) unnoticed.push(drift.what);
    }
    await detach(subject, t, attached);
  }
  if (applied === 0) t.notApplicable("its result names nothing of the kind");
  t.must(unnoticed.length === 0, `CHECK should fail when ${unnoticed.join(", when ")}`);

  async function succeedsWith(drift: Drift, attached: Attached): Promise<boolean> {
    try {
      await drift.apply();
      const { answer } = await checkOf(subject, t, attached);
      return answer.kind === "success";
    } finally {
      await drift.undo();
    }
  }
}
