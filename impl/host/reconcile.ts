/**
 * Brings host, records and DPU together again after anything stopped half-way: at start, on each connection to the
 * DPU, and with growing pauses for as long as something is pending. No verb depends on it having run.
 */
import { backoff } from "../base/time.ts";
import { keyText } from "../cni/types.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";
import { reconcilePorts } from "./reconcile-ports.ts";
import { release } from "./release.ts";

/** How often free VFs are looked at when nothing is pending. */
const idleMs = 5_000;

export class Reconcile {
  readonly #host: Host;
  readonly #stopping = new AbortController();
  #nudge = new AbortController();
  #arePortsStale = true;
  #running: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Looks at once: something is pending, or the DPU may hold other ports than we know. */
  wake(): void {
    this.#arePortsStale = true;
    this.#nudge.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One look at everything; what cannot be mended stays for the next. */
  async pass(): Promise<void> {
    const host = this.#host;
    await Promise.all(pending(host).map((record) => retry(host, record)));
    if (this.#arePortsStale && host.agent.health().state !== "unavailable") {
      this.#arePortsStale = false;
      this.#arePortsStale = !(await reconcilePorts(host));
    }
    await host.pool.sweep();
  }

  async #loop(): Promise<void> {
    const { log, home } = this.#host;
    const { signal } = this.#stopping;
    const wait = backoff({ firstMs: 250, maxMs: 15_000 });
    while (!signal.aborted) {
      if (this.#nudge.signal.aborted) {
        this.#nudge = new AbortController();
        wait.reset();
      }
      await this.pass().catch((error) => log.error("reconcile failed", { error }));
      const isPending = this.#arePortsStale || pending(this.#host).length > 0;
      if (!isPending) wait.reset();
      const pauseMs = isPending ? wait.next() : idleMs;
      const either = AbortSignal.any([signal, this.#nudge.signal]);
      await home.clock.sleep(pauseMs, either).catch(() => {});
    }
  }
}

function pending(host: Host): readonly Attachment[] {
  return host.attachments
    .all()
    .filter(({ phase }) => phase === "deleting" || phase === "tombstone");
}

async function retry(host: Host, { key, generation }: Attachment): Promise<void> {
  await host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record === undefined || record.generation !== generation) return;
    if (record.phase !== "deleting" && record.phase !== "tombstone") return;
    // No waiting for the VF: the next pass looks again.
    const outcome = await release(host, record, { waitMs: 0 });
    if (outcome.state === "released") {
      host.log.info("attachment is released now; its vf is free again", {
        key: keyText(key),
        vf: record.vf.pciAddress,
      });
    }
  });
}
