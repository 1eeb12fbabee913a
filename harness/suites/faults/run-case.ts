/** One case from a node at rest to a node at rest: the verb, the fault in it, how life goes on, and the oracle after it. */
import type { CheckContext } from "../../core/check.ts";
import type { Violation } from "../../oracle/oracle.ts";
import type { AttachedPod } from "./attached-pod.ts";
import { type Expected, expected } from "./expected.ts";
import { goOn } from "./go-on.ts";
import type { FaultCase } from "./grid.ts";
import type { Station } from "./station.ts";
import { strike } from "./strike.ts";

export async function runCase(one: FaultCase, station: Station, t: CheckContext): Promise<void> {
  const startedMs = performance.now();
  const log = (line: string) =>
    t.log(`${(performance.now() - startedMs).toFixed(0).padStart(5)} ms ${line}`);
  const { signal } = t;
  const { oracle, node, network } = station;
  const rebooted = one.continuation === "reboot";
  let isOver = false;
  const bystander = await station.bystander();
  const before = await oracle.look(node);
  const subject = await station.pod();
  t.cleanup(() => done(subject));
  log(`on ${node.name}: ${subject.key}`);
  if (one.boundary.verb === "DEL") {
    const added = await station.runtime(signal).add(network, subject.attachment);
    if (!added.ok) t.fail(`the ADD before must succeed: ${added.error.msg}`);
  }

  const struck = await strike({ station, one, subject, signal, log });
  fail(t, "at the very instant", struck.violations);
  const gone = await goOn({ station, one, subject, struck, signal, log });
  const { other } = gone;
  if (other !== undefined) t.cleanup(() => done(other));
  if (gone.wrong.length > 0) t.fail(gone.wrong.join("; "));
  fail(t, "while life went on", gone.violations);

  const fate = expected(one, struck.saw);
  await judge(fate, other === undefined ? [] : [other]);
  // Whatever the runtime does not know of goes with the next GC, and nothing else.
  for (const each of [subject, ...(other === undefined ? [] : [other])])
    await station.runtime(signal).forget(network, each.attachment);
  const collected = await station.runtime(signal).gc(network, []);
  if (!collected.ok) t.fail(`the GC at the end must succeed: ${collected.error.msg}`);
  const last = await station.judgeEmpty(rebooted ? station.pristine : before, signal);
  fail(t, "after a GC", last.violations);
  isOver = true;

  /** A namespace that died with the node, or that a failure left somehow, serves nobody any more. */
  async function done(each: AttachedPod): Promise<void> {
    await (isOver && !rebooted ? station.reuse(each) : station.forget(each));
  }

  async function judge(fate: Expected, others: readonly AttachedPod[]): Promise<void> {
    const living = fate === "alive" ? [subject, ...others] : others;
    const { violations, tookMs } = await oracle.judgeAtRest(node, {
      expectation: {
        pristine: station.pristine,
        gone: fate === "gone" ? [subject.key] : [],
        ...(rebooted ? {} : { before: { view: before, unchanged: [bystander.key] } }),
      },
      alive: await Promise.all(living.map((each) => station.witness(each))),
      signal,
    });
    log(`at rest after ${tookMs.toFixed(0)} ms: it must be ${fate}`);
    fail(t, `at rest, its attachment expected ${fate}`, violations);
  }
}

function fail(t: CheckContext, when: string, violations: readonly Violation[]): void {
  if (violations.length === 0) return;
  for (const { invariant, message } of violations) t.log(`${invariant}: ${message}`);
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  t.fail(`${first?.invariant} does not hold ${when}: ${first?.message}${more}`);
}
