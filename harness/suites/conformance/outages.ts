/** Takes away what a plugin depends on while a check looks on, gives it back, and waits until the plugin serves again. */
import { sleep } from "../../../impl/base/time.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Outage } from "../../core/installation.ts";
import { compareVersions } from "../../spec/version.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

const servedWithinMs = 10_000;
const pollMs = 50;

/** "the daemon is stopped" */
export function outageText({ name, kind }: Outage): string {
  return `the ${name === "dpu" ? "DPU" : name} is ${kind}`;
}

/** Runs `work` while it is away; when this resolves it is back, and the plugin serves again. */
export async function during<T>(
  subject: Subject,
  t: CheckContext,
  {
    outage,
    work,
    servedBy = "STATUS",
  }: {
    readonly outage: Outage;
    work(): Promise<T>;
    /** what is asked until it succeeds again */
    readonly servedBy?: "STATUS" | "ADD";
  },
): Promise<T> {
  let begun = true;
  const end = async () => {
    if (!begun) return;
    begun = false;
    await outage.end();
    const last = await untilServed(subject, { by: servedBy });
    if (last.answer.kind === "error") {
      const { code, msg } = last.answer;
      throw new Error(
        `Cannot go on after ${outageText(outage)}: not served ${servedWithinMs} ms later, code ${code}: ${msg}`,
      );
    }
  };
  // Once more for an abort that leaves the work behind.
  t.cleanup(end);
  await outage.begin();
  try {
    return await work();
  } finally {
    await end();
  }
}

/** Asks until the answer is success or the time is over; gives the last answer. */
export async function untilServed(
  subject: Subject,
  { by }: { readonly by: "STATUS" | "ADD" },
): Promise<Called> {
  const endMs = performance.now() + servedWithinMs;
  // Before 1.1.0 there is no STATUS to ask.
  const ask = by === "ADD" || compareVersions(subject.newest, "1.1.0") < 0 ? askByAdd : askStatus;
  for (;;) {
    const called = await ask(subject);
    if (called.answer.kind === "success" || performance.now() >= endMs) return called;
    await sleep(pollMs);
  }
}

function askStatus(subject: Subject): Promise<Called> {
  return subject.quietCall("STATUS");
}

async function askByAdd(subject: Subject): Promise<Called> {
  await using pod = await subject.anyPod();
  const called = await subject.quietCall("ADD", { pod });
  await subject.quietCall("DEL", { pod });
  return called;
}
