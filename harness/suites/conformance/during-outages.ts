/** Takes things away from a plugin for the time of some work, gives them back, and waits until the plugin serves again. */
import { sleep } from "../../../impl/base/time.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Outage } from "../../core/installation.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

const servedWithinMs = 10_000;
const pollMs = 50;

/** "the daemon is stopped" */
export function outageText({ name, kind }: Outage): string {
  return `the ${name === "dpu" ? "DPU" : name} is ${kind}`;
}

export async function duringOutages(
  subject: Subject,
  t: CheckContext,
  { outages, work }: { readonly outages: readonly Outage[]; work(): Promise<unknown> },
): Promise<void> {
  const begun: Outage[] = [];
  const giveBack = async () => {
    // At once: one may not be back for good before the other is.
    await Promise.all(begun.splice(0).map((outage) => outage.end()));
  };
  // Once more for an abort that leaves the work behind.
  t.cleanup(giveBack);
  try {
    for (const outage of outages) {
      begun.push(outage);
      await outage.begin();
    }
    await work();
  } finally {
    await giveBack();
  }
  if (outages.length > 0) await untilServed(subject, t, outages.map(outageText).join(", "));
}

async function untilServed(subject: Subject, t: CheckContext, after: string): Promise<void> {
  const endMs = performance.now() + servedWithinMs;
  for (;;) {
    const { answer } = await attempt(subject);
    if (answer.kind === "success") return;
    if (performance.now() >= endMs) {
      t.fail(
        `ADD should succeed after ${after}, ${servedWithinMs / 1000} s later it says: ${answer.msg}`,
      );
    }
    await sleep(pollMs, t.signal);
  }
}

/** STATUS need not be asked, nor be right, before ADD works again. */
async function attempt(subject: Subject): Promise<Called> {
  await using pod = await subject.anyPod();
  const called = await subject.quietCall("ADD", { pod });
  await subject.quietCall("DEL", { pod });
  return called;
}
