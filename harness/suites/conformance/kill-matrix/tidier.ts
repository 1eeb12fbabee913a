/** Brings a node back to rest after a check, so that what a broken plugin leaves behind is no matter of the next check. */
import { setTimeout as sleep } from "node:timers/promises";
import { difference } from "../expect.ts";
import type { Subject } from "../subject.ts";
import type { TinyInstalled } from "./tiny-installer.ts";

const restMs = 2_000;

/** Call it while the node is at rest; what it gives is for after each check. */
export async function tidier(
  subject: Subject,
  installed: TinyInstalled,
): Promise<() => Promise<void>> {
  let rest = await subject.state();
  const isAtRest = async () => difference(rest, await subject.state()).length === 0;
  return async () => {
    if (await isAtRest()) return;
    await subject.releaseSamples();
    if (await isAtRest()) return;
    await installed.scrub();
    // A card's port may be on its way home.
    for (const endMs = performance.now() + restMs; performance.now() < endMs; await sleep(40)) {
      if (await isAtRest()) return;
    }
    rest = await subject.state();
  };
}
