/** Ctrl-C: the first aborts and lets everything be cleaned up, the second leaves at once and says what that leaves. */
import { Interrupted } from "../core/interrupted.ts";
import { exitInterrupted, type Outside } from "./outside.ts";

/** npm passes the terminal's SIGINT on a second time; that is not a person in a hurry */
const echoMs = 400;

export interface InterruptWatch extends Disposable {
  readonly signal: AbortSignal;
}

export function watchInterrupts(
  outside: Pick<Outside, "onInterrupt" | "stderr" | "exit" | "program">,
): InterruptWatch {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const stop = outside.onInterrupt(() => {
    if (firstMs === undefined) {
      firstMs = performance.now();
      outside.stderr.write("interrupted: cleaning up (once more to leave at once)\n");
      controller.abort(new Interrupted());
    } else if (performance.now() - firstMs > echoMs) {
      outside.stderr.write(`leaving at once: "${outside.program} clean" removes what is left\n`);
      outside.exit(exitInterrupted);
    }
  });
  return { signal: controller.signal, [Symbol.dispose]: stop };
}
