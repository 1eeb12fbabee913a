/**
 * Brings host, records and DPU together again after anything stopped half-way: at start, on each connection to the
 * DPU, and with growing pauses for as long as something is pending. No verb depends on it having run.
 */
import { type Backoff, backoff } from "../base/time.ts";
import { Turnstile } from "../base/turnstile.ts";
import { keyText } from "../cni/types.ts";
import type { Connected } from "../wire/agent.ts";
import type { Attachment } from "./attachment.ts";
import type { Host } from "./host.ts";
import { reconcilePorts } from "./reconcile-ports.ts";
import { noticeDead } from "./recover.ts";
import { release } from "./release.ts";

/** How often free VFs are looked at when nothing is pending. */
const idleMs = 5_000;
/** Between two tries of one release. */
const retryMs = { firstMs: 250, maxMs: 15_000 };
const releasesAtOnce = 8;

export class Reconcile {
  readonly #host: Host;
  readonly #stopping = new AbortController();
  #nudge = new AbortController();
  #arePortsStale = true;
  #havePortsBeenSeen = false;
  #connections = 0;
  readonly #retries = new Map<string, Retry>();
  /** Few at once: an ADD shares the disk, the kernel and the DPU with hundreds of releases. */
  readonly #places = new Turnstile(releasesAtOnce);
  #running: Promise<void> = Promise.resolve();

  constructor(host: Host) {
    this.#host = host;
  }

  /** False from each connection to the DPU until its ports were compared: one it lost must have its addresses back
   *  before an ADD can be given them. */
  get havePortsBeenSeen(): boolean {
    return this.#havePortsBeenSeen;
  }

  start(): void {
    this.#running = this.#loop();
  }

  /** Looks at once: something is pending, or the DPU may hold other ports than we know. */
  wake(): void {
    this.#arePortsStale = true;
    this.#nudge.abort();
  }

  /** The DPU is there again, perhaps without all it had. */
  connected({ newestGeneration }: Pick<Connected, "newestGeneration">): void {
    this.#host.attachments.outgrow(newestGeneration);
    this.#connections += 1;
    this.#havePortsBeenSeen = false;
    this.#retries.clear();
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One look at everything; what cannot be mended stays for the next. */
  async pass(): Promise<void> {
    const host = this.#host;
    await Promise.all([this.#ports(), this.#releases(), noticeDead(host)]);
    await host.pool.sweep();
    await host.pool.prepare();
    host.pairs?.wake();
  }

  async #ports(): Promise<void> {
    const { agent } = this.#host;
    if (!this.#arePortsStale || agent.health().state === "unavailable") return;
    this.#arePortsStale = false;
    const connection = this.#connections;
    const outcome = await reconcilePorts(this.#host);
    if (outcome !== "agreed") this.#arePortsStale = true;
    // What one port lacks must not keep others from being added: the DPU holds its addresses back for it.
    if (outcome !== "unseen" && connection === this.#connections) this.#havePortsBeenSeen = true;
  }

  async #releases(): Promise<void> {
    const now = this.#host.home.clock.now();
    const records = pending(this.#host);
    const known = new Set(records.map(({ key }) => keyText(key)));
    for (const key of this.#retries.keys()) if (!known.has(key)) this.#retries.delete(key);
    const due = records.filter(
      ({ key }) => (this.#retries.get(keyText(key))?.notBefore ?? 0) <= now,
    );
    await Promise.all(due.map((record) => this.#places.run(() => this.#release(record))));
  }

  async #release(record: Attachment): Promise<void> {
    const key = keyText(record.key);
    if (await retry(this.#host, record)) {
      this.#retries.delete(key);
      return;
    }
    const wait = this.#retries.get(key)?.wait ?? backoff(retryMs);
    this.#retries.set(key, { wait, notBefore: this.#host.home.clock.now() + wait.next() });
  }

  async #loop(): Promise<void> {
    const { log, home } = this.#host;
    const { signal } = this.#stopping;
    const wait = backoff(retryMs);
    while (!signal.aborted) {
      if (this.#nudge.signal.aborted) {
        this.#nudge = new AbortController();
        wait.reset();
      }
      await this.pass().catch((error) => log.error("reconcile failed", { error }));
      const isPending = this.#arePortsStale || pending(this.#host).length > 0;
      if (!isPending) wait.reset();
      const pauseMs = isPending ? Math.min(wait.next(), idleMs) : idleMs;
      const either = AbortSignal.any([signal, this.#nudge.signal]);
      await home.clock.sleep(pauseMs, either).catch(() => {});
    }
  }
}

interface Retry {
  readonly wait: Backoff;
  /** ms of the clock */
  readonly notBefore: number;
}

function pending(host: Host): readonly Attachment[] {
  return host.attachments
    .all()
    .filter(({ phase }) => phase === "deleting" || phase === "tombstone");
}

/** True when nothing is left to do. */
async function retry(host: Host, { key, generation }: Attachment): Promise<boolean> {
  return host.locks.run(keyText(key), async () => {
    const record = host.attachments.get(key);
    if (record === undefined || record.generation !== generation) return true;
    if (record.phase !== "deleting" && record.phase !== "tombstone") return true;
    // No waiting for the VF: a later pass looks again.
    const outcome = await release(host, record, { waitMs: 0 });
    if (outcome.state === "pending") return false;
    host.log.info("attachment is released now; its vf is free again", {
      key: keyText(key),
      generation,
      vf: record.vf.pciAddress,
    });
    return true;
  });
}
