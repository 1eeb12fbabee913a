/** `ip monitor link` in memory: a queue per watcher. */
import type { LinkEvent } from "../kernel.ts";
import type { MemoryNamespace } from "./model.ts";

export function watchLinks(netns: MemoryNamespace, signal: AbortSignal): AsyncIterable<LinkEvent> {
  const queue: LinkEvent[] = [];
  let wake = () => {};
  const take = (event: LinkEvent) => {
    queue.push(event);
    wake();
  };
  const stop = () => {
    netns.watchers.delete(take);
    wake();
  };
  if (!signal.aborted) netns.watchers.add(take);
  signal.addEventListener("abort", stop, { once: true });
  return iterate();

  async function* iterate(): AsyncGenerator<LinkEvent, void> {
    try {
      while (!signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", stop);
      stop();
    }
  }
}
