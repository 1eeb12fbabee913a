/** Passes each event to every reporter, in order. A reporter that throws is named once and dropped; the run goes on. */
import { within } from "../core/deadline.ts";
import { errorText } from "../core/error-text.ts";
import type { Reporter, RunEvent } from "../core/event.ts";

/** for all the events a slow reporter is behind, at the end */
const drainTimeoutMs = 5_000;

export interface Multiplexer {
  emit(event: RunEvent): void;
  /** Resolves when each reporter has had every event, or its time is up. */
  drain(): Promise<void>;
}

interface Lane {
  readonly reporter: Reporter;
  readonly queue: RunEvent[];
  /** set while a promise of the reporter is open; then events queue */
  busy?: Promise<void> | undefined;
  broken: boolean;
}

/** `complain` gets one line per dropped reporter; so do the reporters that are left, as a warning. */
export function multiplex(
  reporters: readonly Reporter[],
  complain: (line: string) => void,
): Multiplexer {
  const lanes: Lane[] = reporters.map((reporter) => ({ reporter, queue: [], broken: false }));

  const drop = (lane: Lane, error: unknown) => {
    if (lane.broken) return;
    lane.broken = true;
    const line = `the reporter "${lane.reporter.name}" failed and was dropped: ${errorText(error)}`;
    complain(line);
    emit({ kind: "warning", line });
  };
  const drain = async (lane: Lane, first: Promise<void>) => {
    try {
      await first;
      for (let event = lane.queue.shift(); event; event = lane.queue.shift()) {
        if (!lane.broken) await lane.reporter.on(event);
      }
    } catch (error) {
      drop(lane, error);
    }
    lane.busy = undefined;
  };
  const give = (lane: Lane, event: RunEvent) => {
    if (lane.broken) return;
    if (lane.busy) {
      lane.queue.push(event);
      return;
    }
    try {
      const open = lane.reporter.on(event);
      if (open) lane.busy = drain(lane, open);
    } catch (error) {
      drop(lane, error);
    }
  };
  const emit = (event: RunEvent) => {
    for (const lane of lanes) give(lane, event);
  };
  return {
    emit,
    async drain() {
      for (const lane of lanes) {
        const open = lane.busy ?? Promise.resolve();
        const name = `the reporter "${lane.reporter.name}"`;
        await within(name, drainTimeoutMs, open).catch((error) => drop(lane, error));
      }
    },
  };
}
