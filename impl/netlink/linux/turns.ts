/**
 * Who of this process may ask the kernel for its one lock over links: slow requests one at a time, since each holds it
 * for a grace period, and everything quick in between. So what is quick waits here, where the process goes on, and not
 * in the kernel, where it would not.
 */

/** settles when the slow request under way has ended */
let slow: Promise<void> | undefined;
let isNextDue = false;
const waiting: (() => Promise<unknown>)[] = [];

/** Undefined when a quick request may go ahead at once; ask again after the wait. */
export function quickTurn(): Promise<void> | undefined {
  return slow;
}

/** Runs `work` when no other slow work runs, in the order of asking. */
export function slowTurn<T>(work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => work().then(resolve, reject));
    if (slow === undefined && !isNextDue) next();
  });
}

function next(): void {
  isNextDue = false;
  const work = waiting.shift();
  if (work === undefined) return;
  slow = work().then(() => {
    slow = undefined;
    // Quick ones that waited, and what follows from them at once, come first.
    isNextDue = true;
    setImmediate(next);
  });
}
