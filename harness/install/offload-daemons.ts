/** The two daemons of our offload on one node: started, waited for, taken away and brought back, and mourned. */
import { join } from "node:path";
import { sleep } from "../../impl/base/time.ts";
import type { Node, Place, Process } from "../core/backend.ts";
import type { Outage } from "../core/installation.ts";
import { OutcomeSignal } from "../core/outcome.ts";
import type { Plugin } from "../core/plugin.ts";
import { lastLines } from "../runtime/daemon-log.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime } from "../runtime/runtime.ts";

/** from the start of the daemons to a STATUS of 0 */
const readyTimeoutMs = 20_000;
const statusIntervalMs = 25;

export interface Launch {
  readonly name: string;
  readonly place: Place;
  readonly argv: readonly string[];
  /** besides PATH and LC_ALL */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Daemon {
  readonly node: Node;
  readonly logFile: string;
  readonly #launch: Launch;
  #process: Process;
  /** true from the moment it is asked to end until it is started again */
  #ending = false;
  #frozen = false;

  constructor(node: Node, launch: Launch) {
    this.node = node;
    this.logFile = join(node.paths.logs, `${launch.name}.log`);
    this.#launch = launch;
    this.#process = this.#spawn();
  }

  get name(): string {
    return this.#launch.name;
  }

  /** of the process that runs now */
  get pid(): number {
    return this.#process.pid;
  }

  /** one that died without being asked to, in a person's words */
  get casualty(): string | undefined {
    const { ended } = this.#process;
    if (ended === undefined || this.#ending) return undefined;
    const { exitCode, signal } = ended;
    const how =
      signal === undefined ? `ended with exit code ${exitCode}` : `was killed by ${signal}`;
    return `${this.name} on ${this.node.name} ${how} (log: ${this.logFile})`;
  }

  get state(): "running" | "frozen" | "dead" {
    if (this.#process.ended !== undefined) return "dead";
    return this.#frozen ? "frozen" : "running";
  }

  async stop(): Promise<void> {
    this.thaw();
    // One that died before it was asked to stays a casualty.
    if (this.#process.ended === undefined) this.#ending = true;
    await this.#process.stop();
  }

  /** Without a goodbye: it leaves its socket and whatever it was doing. */
  async kill(): Promise<void> {
    if (this.#process.ended === undefined) this.#ending = true;
    this.#process.kill("SIGKILL");
    await this.#process.exited;
  }

  start(): void {
    this.#process = this.#spawn();
    this.#ending = false;
    this.#frozen = false;
  }

  /** It keeps its sockets open and answers nobody. */
  freeze(): void {
    this.#process.kill("SIGSTOP");
    this.#frozen = true;
  }

  thaw(): void {
    if (this.#frozen) this.#process.kill("SIGCONT");
    this.#frozen = false;
  }

  #spawn(): Process {
    const { place, argv, name, environment } = this.#launch;
    const variables = Object.entries(environment ?? {}).map(([key, value]) => `${key}=${value}`);
    const command = variables.length === 0 ? argv : ["env", ...variables, ...argv];
    return place.spawn(command, { name, logFile: this.logFile });
  }
}

export interface NodeDaemons {
  readonly agent: Daemon;
  readonly host: Daemon;
}

/** Asks STATUS as a runtime does until it answers 0, a daemon dies, or the time is over. */
export async function untilReady(
  { agent, host }: NodeDaemons,
  plugin: Plugin,
  signal?: AbortSignal,
): Promise<void> {
  const { node } = host;
  const runtime = createRuntime({
    place: node.host,
    directory: join(node.paths.run, "ready-cache"),
    timeoutMs: 5_000,
    ...(signal !== undefined && { signal }),
  });
  const network = networkOf(plugin);
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    for (const daemon of [agent, host]) {
      if (daemon.casualty !== undefined) throw blocked(await obituary(daemon));
    }
    const status = await runtime.status(network);
    if (status.ok) return;
    if (Date.now() > deadline) throw blocked(await whyNotReady([agent, host], status.error.msg));
    await sleep(statusIntervalMs, signal);
  }
}

/** What can be taken away on one node; an end waits until STATUS is 0 again. */
export function offloadOutages(daemons: NodeDaemons, plugin: Plugin): readonly Outage[] {
  const { agent, host } = daemons;
  const stopped = (name: Outage["name"], daemon: Daemon): Outage => ({
    name,
    kind: "stopped",
    begin: () => daemon.kill(),
    async end() {
      daemon.start();
      await untilReady(daemons, plugin);
    },
  });
  return [
    stopped("daemon", host),
    stopped("dpu", agent),
    {
      name: "dpu",
      kind: "silent",
      begin: async () => agent.freeze(),
      async end() {
        agent.thaw();
        await untilReady(daemons, plugin);
      },
    },
  ];
}

async function whyNotReady(daemons: readonly Daemon[], msg: string): Promise<string> {
  const node = daemons[0]?.node.name;
  const logs = await Promise.all(
    daemons.map(async ({ name, logFile }) => [name, ...(await lastLines(logFile))].join("\n  ")),
  );
  return `the offload on ${node} is not ready after ${readyTimeoutMs} ms: STATUS says "${msg}"\n${logs.join("\n")}`;
}

async function obituary(daemon: Daemon): Promise<string> {
  const lines = await lastLines(daemon.logFile);
  const words = lines.length === 0 ? "it said nothing" : lines.at(-1);
  return [`${daemon.casualty}: ${words}`, ...lines.slice(0, -1)].join("\n  ");
}

export function blocked(message: string): OutcomeSignal {
  return new OutcomeSignal({ kind: "blocked", message });
}
