/**
 * The daemon's side of the wire: an `Agent` over one gRPC connection that is kept and re-made in the background.
 * The health stream doubles as its pulse: silence beyond the age limit ends the connection, so a dead DPU is
 * noticed within the limit and found again within one backoff step.
 */
import { randomUUID } from "node:crypto";
import type { Log } from "../base/log.ts";
import { backoff, sleep } from "../base/time.ts";
import { CniError, cniCodes } from "../cni/cni-error.ts";
import type { Agent, AgentHealth, Connected, ProbeRequest, Sighting } from "./agent.ts";
import { AgentConnection, NotOffload, openFailure } from "./agent-connection.ts";
import type { AgentLink, Timeouts } from "./agent-link.ts";
import type { LiveSecurity } from "./live-security.ts";
import { OffloadLink } from "./offload-link.ts";
import { PeerInstances } from "./peer-instances.ts";
import { ReferenceLink, type ReferenceSetting } from "./reference-link.ts";

export interface AgentOptions {
  /** host:port */
  readonly address: string;
  /** this node: the identity both certificates must carry */
  readonly node: string;
  readonly security: LiveSecurity;
  readonly log: Log;
  /** build of this daemon, for the agent's log */
  readonly software?: string;
  /** age at which the last health is worth nothing; default `defaultHealthMaxAgeMs` */
  readonly healthMaxAgeMs?: number;
  readonly timeoutsMs?: Partial<Timeouts>;
  /** drives an agent of the public reference too, when it does not know offload.v1 */
  readonly reference?: ReferenceSetting;
}

export const defaultTimeoutsMs: Timeouts = { connect: 2000, change: 10_000, read: 5000 };
/** Below the 3 s in which a dead DPU must be noticed. */
export const defaultHealthMaxAgeMs = 2_500;
/** Between two tries to connect; with one try that is stuck, below the 3 s in which a DPU's return must be. */
export const reconnectMs = { firstMs: 100, maxMs: 500 } as const;

export function connectAgent(options: AgentOptions): Agent {
  return new GrpcAgent(options);
}

type Link =
  /** first attempt under way, or the connection was lost and the next attempt has not failed yet */
  | { readonly state: "connecting" }
  | { readonly state: "open"; readonly link: AgentLink }
  | { readonly state: "failed"; readonly reason: string };

class GrpcAgent implements Agent {
  readonly #options: AgentOptions;
  readonly #timeoutsMs: Timeouts;
  readonly #maxAgeMs: number;
  readonly #closing = new AbortController();
  readonly #listeners: ((event: Connected) => void)[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #instanceId = randomUUID();
  readonly #running: Promise<void>;
  #link: Link = { state: "connecting" };
  #health: AgentHealth | undefined;
  #capabilities: readonly string[] = [];
  readonly #agents = new PeerInstances();

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#timeoutsMs = { ...defaultTimeoutsMs, ...options.timeoutsMs };
    this.#maxAgeMs = options.healthMaxAgeMs ?? defaultHealthMaxAgeMs;
    if (options.security.current.kind === "insecure") {
      options.log.warn(
        "the wire to the DPU agent is INSECURE: plain text, and anybody may answer in its place; configure tls",
        { address: options.address },
      );
    }
    this.#running = this.#keepConnected();
  }

  async addPort(...[port, signal]: Parameters<Agent["addPort"]>) {
    return (await this.#openLink(signal)).addPort(port, signal);
  }

  async deletePort(...[key, generation]: Parameters<Agent["deletePort"]>) {
    return (await this.#openLink()).deletePort(key, generation);
  }

  async checkPort(...[key, generation]: Parameters<Agent["checkPort"]>) {
    return (await this.#openLink()).checkPort(key, generation);
  }

  async listPorts() {
    return (await this.#openLink()).listPorts();
  }

  async probe(request: ProbeRequest): Promise<readonly Sighting[]> {
    return (await (await this.#openLink()).probe?.(request)) ?? [];
  }

  health(): AgentHealth {
    switch (this.#link.state) {
      case "connecting":
        return this.#unavailable("not connected yet");
      case "failed":
        return this.#unavailable(this.#link.reason);
      case "open":
        return this.#health === undefined
          ? this.#unavailable("no health yet")
          : this.#noticed(this.#health);
    }
  }

  #unavailable(reason: string): AgentHealth {
    return this.#noticed({ state: "unavailable", reason: this.#unreachable(reason) });
  }

  capabilities(): readonly string[] {
    return this.#capabilities;
  }

  #noticed(health: AgentHealth): AgentHealth {
    const notices = [...this.#options.security.notices(), ...(health.notices ?? [])];
    return notices.length === 0 ? health : { ...health, notices };
  }

  onConnected(listener: (event: Connected) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort(this.#error("this host closed the connection"));
    await this.#running;
  }

  /** The open connection; waits for one that is being made, fails at once when the last attempt failed. */
  async #openLink(signal?: AbortSignal): Promise<AgentLink> {
    if (this.#link.state === "connecting") {
      const wait = new AbortController();
      const wake = () => wait.abort();
      this.#waiting.add(wake);
      signal?.addEventListener("abort", wake, { once: true });
      // Rejects when woken; resolves when the time is up. Either way the link's state says what happened.
      await sleep(this.#timeoutsMs.connect + 500, wait.signal).catch(() => {});
      signal?.removeEventListener("abort", wake);
      this.#waiting.delete(wake);
    }
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    if (this.#link.state === "open") return this.#link.link;
    const reason = this.#link.state === "failed" ? this.#link.reason : "no answer yet";
    throw this.#error(reason);
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    const wait = backoff(reconnectMs);
    while (!signal.aborted) {
      try {
        const reason = await this.#serve();
        wait.reset();
        this.#lost(reason);
      } catch (error) {
        this.#lost(openFailure(error));
      }
      await sleep(wait.next(), signal).catch(() => {});
    }
  }

  /** One connection's life; resolves with why it ended. */
  async #serve(): Promise<string> {
    const { link, ...connected } = await this.#connect();
    try {
      if (this.#closing.signal.aborted) return "closed";
      this.#health = undefined;
      return await link.pulse(
        { maxAgeMs: this.#maxAgeMs, signal: this.#closing.signal },
        (health) => {
          const first = this.#health === undefined;
          this.#noteNotices(health.notices ?? [], this.#health?.notices ?? []);
          this.#health = health;
          if (first) this.#opened(link, connected);
        },
      );
    } finally {
      link.close();
    }
  }

  async #connect(): Promise<Connected & { readonly link: AgentLink }> {
    const { log, address, reference } = this.#options;
    const identity = {
      ...this.#options,
      security: this.#options.security.current,
      instanceId: this.#instanceId,
      software: this.#options.software ?? "",
    };
    try {
      const { connection, hello } = await AgentConnection.open(identity, this.#timeoutsMs.connect);
      const restarted = this.#meet(hello.instanceId, connection);
      log.info("connected to the DPU agent", { address, restarted, software: hello.software });
      this.#capabilities = hello.capabilities;
      const { newestGeneration } = hello;
      return {
        link: new OffloadLink(connection, this.#timeoutsMs),
        ...{ restarted, newestGeneration },
      };
    } catch (error) {
      if (reference === undefined || !(error instanceof NotOffload)) throw error;
      log.info("connected to a DPU agent of the public reference", { address });
      const link = new ReferenceLink({ address, ...reference, timeoutsMs: this.#timeoutsMs, log });
      this.#capabilities = [];
      // Its starts cannot be told apart, and it knows no generations.
      return { link, restarted: false, newestGeneration: 0 };
    }
  }

  /** True when it is another start of the agent than the last one we met. */
  #meet(instanceId: string, connection: AgentConnection): boolean {
    const met = this.#agents.meet(instanceId);
    if (met !== "retired") return met === "next";
    connection.close();
    throw new Error(
      `the agent there (instance "${instanceId}") is an earlier start, which another has followed; stop the old one`,
    );
  }

  #noteNotices(now: readonly string[], before: readonly string[]): void {
    for (const notice of now.filter((each) => !before.includes(each))) {
      this.#options.log.warn(`the DPU agent says: ${notice}`, { address: this.#options.address });
    }
  }

  /** After the first health, so that nobody sees an open connection whose health is unknown. */
  #opened(link: AgentLink, connected: Connected): void {
    this.#link = { state: "open", link };
    this.#wake();
    for (const listener of this.#listeners) listener(connected);
  }

  #lost(reason: string): void {
    const { log, address } = this.#options;
    const before = this.#link;
    this.#link = { state: "failed", reason };
    this.#health = undefined;
    this.#wake();
    // Once per reason: an absent DPU is tried several times a second.
    if (this.#closing.signal.aborted) return;
    if (before.state === "failed" && before.reason === reason) return;
    log.warn("no connection to the DPU agent", { address, reason });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #error(reason: string): CniError {
    return new CniError(cniCodes.tryAgainLater, this.#unreachable(reason));
  }

  #unreachable(reason: string): string {
    return `Cannot reach the DPU agent "${this.#options.address}": ${reason}`;
  }
}
