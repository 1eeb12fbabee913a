/**
 * Keeps the management interface there: leases its VF, has its port made on the DPU, and looks every few seconds whether
 * all of it is still so. In the background, with growing pauses while something is missing: the daemon's start, the pods
 * and STATUS do not wait for it.
 */
import { backoff, withDeadline } from "../base/time.ts";
import { Undo } from "../base/undo.ts";
import { isManagement, managementKey } from "../cni/management-key.ts";
import { keyText } from "../cni/types.ts";
import { familyOf } from "../netlink/ip-address.ts";
import { fateOf } from "../vf/home.ts";
import { pathOf } from "../vf/link-sysctls.ts";
import type { Pristine } from "../vf/vf.ts";
import { newPort } from "./add.ts";
import type { Attachment } from "./attachment.ts";
import { deletePort } from "./delete-port.ts";
import type { Host } from "./host.ts";
import type { ManagementConfig, ManagementState } from "./management.ts";
import {
  dropRoutes,
  managementRoutes,
  managementSysctls,
  wireManagement,
} from "./management-interface.ts";
import { release, reportPending } from "./release.ts";

/** How often it is looked at while nothing is wrong. */
const idleMs = 5_000;
const settleMs = 100;
const retryMs = { firstMs: 100, maxMs: 5_000 };
/** of one try to make it */
const makeMs = 45_000;

export class ManagementPort {
  readonly #host: Host;
  readonly #wanted: ManagementConfig | undefined;
  readonly #stopping = new AbortController();
  #nudge = new AbortController();
  #problem: string | undefined = "it is not made yet";
  #running: Promise<unknown> = Promise.resolve();

  constructor(host: Host, wanted: ManagementConfig | undefined) {
    this.#host = host;
    this.#wanted = wanted;
  }

  /** undefined: none is configured */
  state(): ManagementState | undefined {
    if (this.#wanted === undefined) return undefined;
    const name = this.#wanted.interface;
    const known = this.#host.attachments.problem(managementKey(this.#wanted.interface));
    const reason = this.#problem ?? known;
    if (reason === undefined) return { interface: name, state: "ready" };
    return { interface: name, state: "unavailable", reason };
  }

  start(): void {
    this.#running = Promise.all([this.#loop(), this.#watch()]);
  }

  /** Looks at once: the DPU is there again, perhaps with other VFs. */
  wake(): void {
    this.#nudge.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One look; true when nothing is left to do. Never throws: what is wrong is the state's to say. */
  async pass(): Promise<boolean> {
    let problem: string | undefined;
    try {
      problem = (await this.#dismissOthers()) ?? (await this.#keep());
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    this.#note(problem);
    return problem === undefined;
  }

  /** Of an earlier configuration: another name, or none wanted any more. */
  async #dismissOthers(): Promise<string | undefined> {
    const { attachments } = this.#host;
    const own = this.#wanted && keyText(managementKey(this.#wanted.interface));
    const others = attachments.all().filter(({ key }) => isManagement(key) && keyText(key) !== own);
    const left: string[] = [];
    for (const { key } of others) {
      const reason = await this.#locked(key, async () => {
        const record = attachments.get(key);
        return record === undefined ? undefined : this.#release(record);
      });
      if (reason !== undefined) left.push(`"${key.ifname}" of before is still there: ${reason}`);
    }
    return left.length === 0 ? undefined : left.join("; ");
  }

  async #keep(): Promise<string | undefined> {
    const wanted = this.#wanted;
    if (wanted === undefined) return undefined;
    const key = managementKey(wanted.interface);
    return this.#locked(key, async () => {
      const { attachments, home } = this.#host;
      const record = attachments.get(key);
      if (record?.phase === "ready" && (await this.#isStill(record, wanted))) {
        const kept = await this.#reroute(record, wanted);
        await wireManagement(home, kept);
        return lackOf(kept, wanted);
      }
      if (record !== undefined) {
        const left = await this.#release(record);
        if (left !== undefined) return left;
      }
      return this.#make(wanted);
    });
  }

  /** The card has its VF, and it is the one that the configuration asks for. */
  async #isStill({ vf }: Attachment, { vf: asked }: ManagementConfig): Promise<boolean> {
    if (asked !== undefined && asked !== vf.pciAddress) return false;
    return (await fateOf(this.#host.home, vf)) === "there";
  }

  /** The ranges may have been configured anew since. */
  async #reroute(record: Attachment, { routes }: ManagementConfig): Promise<Attachment> {
    const { port } = record;
    if (port === undefined) return record;
    const now = managementRoutes(port, routes);
    const dsts = new Set(now.map(({ dst }) => dst));
    const dropped = port.routes.filter(({ dst }) => !dsts.has(dst));
    if (dropped.length === 0 && now.length === port.routes.length) return record;
    await dropRoutes(this.#host.home.netns, record.key.ifname, dropped);
    const changed = { ...record, port: { ...port, routes: now } };
    await this.#host.attachments.put(changed);
    return changed;
  }

  async #make(wanted: ManagementConfig): Promise<string | undefined> {
    const host = this.#host;
    const health = host.agent.health();
    if (health.state !== "ready") return `the DPU serves no new ports: ${health.reason}`;
    if (!host.havePortsBeenSeen()) return "the DPU's ports are being compared";
    await this.#forgetLost(wanted);
    if ((await host.home.netns.link(wanted.interface)) !== undefined) {
      return `the host has another interface "${wanted.interface}"; remove it or configure another name`;
    }
    // The card may have made its VFs anew a moment ago.
    await host.pool.refresh();
    const signal = withDeadline(makeMs, this.#stopping.signal);
    await host.pairs?.settled(signal);

    await using undo = new Undo(host.log);
    const leased = await host.pool.lease(wanted.vf, async (vf, pristine) => {
      const { pciAddress, pf, index } = vf;
      const whole = await this.#withSysctls(pristine);
      const record = this.#newRecord(wanted, { pciAddress, pf, index, pristine: whole });
      undo.add(() => this.#undo(record));
      await host.attachments.put(record);
      return record;
    });
    const given = await host.agent.addPort(newPort(leased), signal);
    const port = { ...given, routes: managementRoutes(given, wanted.routes) };
    const record: Attachment = { ...leased, phase: "ready", port };
    await wireManagement(host.home, record);
    await host.attachments.put(record);
    undo.keep();
    host.log.info("the management interface is there", {
      ...{ interface: wanted.interface, vf: record.vf.pciAddress },
      addresses: port.addresses.map(({ address }) => address),
    });
    return lackOf(record, wanted);
  }

  /** A record of it that was lost: the DPU's port of it is nobody's, and no DEL will come for it. */
  async #forgetLost(wanted: ManagementConfig): Promise<void> {
    const { attachments } = this.#host;
    const key = managementKey(wanted.interface);
    if (!attachments.mayBeLost(key)) return;
    await deletePort(this.#host, key, attachments.nextGeneration());
    await attachments.forgetDamaged(key);
  }

  async #withSysctls(pristine: Pristine): Promise<Pristine> {
    const { netns } = this.#host.home;
    const sysctls: Record<string, string> = { ...pristine.sysctls };
    for (const name of managementSysctls) {
      const value = await netns.sysctl(pathOf(name, pristine.name));
      if (value !== undefined) sysctls[name] = value;
    }
    return { ...pristine, sysctls };
  }

  #newRecord(wanted: ManagementConfig, vf: Attachment["vf"]): Attachment {
    return {
      ...{ format: 1, key: managementKey(wanted.interface), phase: "adding", vf },
      generation: this.#host.attachments.nextGeneration(),
      pod: { namespace: "", name: "", uid: "" },
      ...{ netns: "", networkConfig: "{}" },
      since: new Date().toISOString(),
    };
  }

  async #undo({ key }: Attachment): Promise<void> {
    // Without a record nothing was done: it is written before anything else.
    const record = this.#host.attachments.get(key);
    if (record !== undefined) await this.#release(record);
  }

  /** Why it is not released yet, which the background goes on with. */
  async #release(record: Attachment): Promise<string | undefined> {
    const outcome = await release(this.#host, record);
    reportPending(this.#host, record, outcome);
    return outcome.state === "released" ? undefined : outcome.reason;
  }

  #locked<T>(key: Attachment["key"], work: () => Promise<T>): Promise<T> {
    return this.#host.locks.run(keyText(key), work);
  }

  #note(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (this.#wanted === undefined && problem === undefined) return;
    const fields = { interface: this.#wanted?.interface };
    if (problem === undefined) this.#host.log.info("the management interface is ready", fields);
    else {
      this.#host.log.warn(
        "the management interface is not ready: the host and the pods may not reach each other",
        {
          ...{ ...fields, reason: problem },
        },
      );
    }
  }

  /** Whatever becomes of its link is looked at when it happens; the rest, such as a route, within seconds. */
  async #watch(): Promise<void> {
    const name = this.#wanted?.interface;
    if (name === undefined) return;
    try {
      for await (const event of this.#host.home.netns.watchLinks(this.#stopping.signal)) {
        if (event.name !== name) continue;
        this.wake();
        // Somebody who insists on another name must not keep two programs busy.
        await this.#host.home.clock.sleep(settleMs, this.#stopping.signal).catch(() => {});
      }
    } catch (error) {
      this.#host.log.warn("the management interface is looked at every few seconds only", {
        error,
      });
    }
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping;
    const wait = backoff(retryMs);
    while (!signal.aborted) {
      if (this.#nudge.signal.aborted) {
        this.#nudge = new AbortController();
        wait.reset();
      }
      const isDone = await this.pass();
      if (isDone && this.#wanted === undefined) return;
      if (isDone) wait.reset();
      const either = AbortSignal.any([signal, this.#nudge.signal]);
      await this.#host.home.clock.sleep(isDone ? idleMs : wait.next(), either).catch(() => {});
    }
  }
}

/** A configured range that it cannot lead to; the others stand. */
function lackOf({ port }: Attachment, { routes }: ManagementConfig): string | undefined {
  const families = new Set((port?.addresses ?? []).map(({ address }) => familyOf(address)));
  const without = routes.find((dst) => !families.has(familyOf(dst)));
  if (without === undefined) return undefined;
  return `it has no route to ${without}: the DPU gave it no IPv${familyOf(without)} address`;
}
