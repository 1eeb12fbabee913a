/** For tests of the wire: certificates on disk, an agent's server and a daemon's client on loopback. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../base/log.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Agent } from "../wire/agent.ts";
import { type AgentOptions, connectAgent } from "../wire/agent-client.ts";
import type { LeafRole } from "../wire/certificate-facts.ts";
import { type Certificate, lifetimeOfDays, makeAuthority, makeLeaf } from "../wire/certificates.ts";
import { fixedSecurity, type LiveSecurity } from "../wire/live-security.ts";
import { PeerInstances } from "../wire/peer-instances.ts";
import { loadSecurity, type Security } from "../wire/security.ts";
import { type FakeDataplane, fakeDataplane } from "./fake-dataplane.ts";
import { HealthWatch } from "./health.ts";
import { parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";
import { type RunningServer, startServer } from "./server.ts";

const dayMs = 86_400_000;
export const silentLog = createLog({ component: "test", write: () => {} });

export interface ServedAgent {
  readonly server: RunningServer;
  readonly dataplane: FakeDataplane;
  readonly health: HealthWatch;
  readonly ports: Ports;
  /** the agent's log */
  readonly lines: Record<string, unknown>[];
}

export type ConnectOptions = Partial<Omit<AgentOptions, "security">> & {
  readonly address: string;
  readonly security: Security | LiveSecurity;
};

/** Everything made through it is closed at its end. */
export class WirePair implements AsyncDisposable {
  readonly #directory: string;
  readonly #ends: (() => Promise<unknown>)[] = [];
  #files = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async create(): Promise<WirePair> {
    return new WirePair(await mkdtemp(join(tmpdir(), "wire-pair-")));
  }

  authority(): Promise<Certificate> {
    return makeAuthority("test CA", lifetimeOfDays(10));
  }

  /** Security of one side: a leaf of `authority` for `node`, trusting `trusts` (its own authority by default). */
  async security(
    authority: Certificate,
    side: {
      readonly role: LeafRole;
      readonly node: string;
      readonly trusts?: Certificate;
      /** the leaf expires at once */
      readonly expiresInMs?: number;
      /** the leaf is not valid before */
      readonly startsInMs?: number;
    },
  ): Promise<Security> {
    const { role, node, trusts = authority, expiresInMs = dayMs, startsInMs } = side;
    const whole = lifetimeOfDays(expiresInMs / dayMs);
    const notBefore =
      startsInMs === undefined ? whole.notBefore : new Date(Date.now() + startsInMs);
    const lifetime = { ...whole, notBefore };
    const leaf = await makeLeaf(authority, { node, role, lifetime });
    this.#files += 1;
    const at = (name: string) => join(this.#directory, `${this.#files}-${name}`);
    const tls = { ca: at("ca.crt"), cert: at(`${role}.crt`), key: at(`${role}.key`) };
    await writeFile(tls.ca, trusts.cert);
    await writeFile(tls.cert, leaf.cert);
    await writeFile(tls.key, leaf.key);
    return loadSecurity({ tls }, { directory: this.#directory, now: lifetime.notBefore });
  }

  async serve(options: {
    readonly security: Security | LiveSecurity;
    readonly node?: string;
    readonly listen?: string;
    readonly instanceId?: string;
  }): Promise<ServedAgent> {
    const { security, node = "node1", listen = "127.0.0.1:0", instanceId = "agent-1" } = options;
    const dataplane = fakeDataplane();
    const lines: Record<string, unknown>[] = [];
    const log = createLog({ component: "agent", write: (line) => lines.push(JSON.parse(line)) });
    const store = memoryStore(parsePortRecord);
    const ports = new Ports({ store, dataplane, representor: "rep{pf}v{vf}", log: silentLog });
    const health = new HealthWatch(dataplane);
    await health.refresh();
    const server = await startServer({
      ...{ listen, node, ports, health, log, instanceId, hosts: new PeerInstances() },
      ...{ security: asLive(security), software: "test", capabilities: () => ["ipv4"] },
    });
    this.#ends.push(() => server.close());
    return { server, dataplane, health, ports, lines };
  }

  connect(options: ConnectOptions): Agent {
    const agent = connectAgent({
      node: "node1",
      log: silentLog,
      timeoutsMs: { connect: 500 },
      healthMaxAgeMs: 500,
      ...options,
      security: asLive(options.security),
    });
    this.#ends.push(() => agent.close());
    return agent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    await rm(this.#directory, { recursive: true });
  }
}

function asLive(security: Security | LiveSecurity): LiveSecurity {
  return "current" in security ? security : fixedSecurity(security);
}

/** Waits for `condition` to hold, at most ten seconds. */
export async function eventually(what: string, condition: () => boolean): Promise<void> {
  const until = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > until) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
