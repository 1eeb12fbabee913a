/** Beyond the grid: a delete that the DPU was asked long ago comes through when the same attachment has been made anew. */
import type { Check } from "../../core/check.ts";
import type { FaultBench } from "./bench.ts";

const instant = "port-delete-asked";

export const lateDelete: Check<FaultBench> = {
  id: "late-delete",
  title: "a delete of an older generation leaves the port of the attachment that came after it",
  timeoutMs: 60_000,
  async run(bench, t) {
    const station = await bench.lease(t);
    station.isSuspect = true;
    const { network, pauses, oracle, node } = station;
    const runtime = station.runtime(t.signal);
    const subject = await station.pod();
    t.cleanup(() => station.forget(subject));
    const first = await runtime.add(network, subject.attachment);
    if (!first.ok) t.fail(`the first ADD must succeed: ${first.error.msg}`);

    pauses.arm(instant, subject.key);
    const deleting = runtime.del(network, subject.attachment);
    await pauses.reached(instant, t.signal);
    const deleted = await deleting;
    if (!deleted.ok) t.fail(`DEL must succeed though the DPU is slow: ${deleted.error.msg}`);
    const second = await runtime.add(network, subject.attachment);
    if (!second.ok) t.fail(`the second ADD must succeed: ${second.error.msg}`);
    pauses.release(instant);
    // From here on the delete stands in the agent's queue of this port, before the CHECK that follows.
    await pauses.passed(instant, t.signal);

    const { violations } = await oracle.judgeAtRest(node, {
      expectation: { pristine: station.pristine, gone: [] },
      alive: [await station.witness(subject)],
      signal: t.signal,
    });
    const [wrong] = violations;
    if (wrong !== undefined) t.fail(`${wrong.invariant} does not hold: ${wrong.message}`);
    const ended = await runtime.del(network, subject.attachment);
    if (!ended.ok) t.fail(`the last DEL must succeed: ${ended.error.msg}`);
    station.isSuspect = false;
  },
};
