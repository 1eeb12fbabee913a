/**
 * The dataplane that is any CNI of the DPU, unmodified: each port is a namespace in which the configured list of plugins
 * makes an interface, as a container runtime would have it do, and to which the representor is stitched.
 */

import { KeyedLock } from "../../../base/lock.ts";
import type { Log } from "../../../base/log.ts";
import { pause } from "../../../base/pause.ts";
import type { Kernel, NamespaceMaker, Netns } from "../../../netlink/kernel.ts";
import type { Store } from "../../../store/store.ts";
import {
  type AttachedPort,
  CheckFailure,
  type Dataplane,
  type DataplaneHealth,
  type PortRequest,
  type PortSetting,
} from "../../dataplane.ts";
import type { Guard, GuardPost } from "../../guard/guard.ts";
import type { DelegateRecord } from "./attachment-record.ts";
import { addChain, ChainBroken, type ChainResult, checkChain, delChain } from "./chain.ts";
import { chooseJoin } from "./choose-join.ts";
import type { DelegateConfig } from "./delegate-config.ts";
import type { ChainCall, ChainRunner } from "./execute-plugin.ts";
import { Gate } from "./gate.ts";
import { gcList } from "./list-verbs.ts";
import { ListWatch } from "./list-watch.ts";
import { mustHonour } from "./must-honour.ts";
import { PluginFailure } from "./plugin-failure.ts";
import {
  makeNamespace,
  namespacePath,
  namespacesIn,
  openNamespace,
  removeNamespace,
} from "./port-namespace.ts";
import { portSettingOf } from "./port-setting.ts";
import { returnRepresentor, takeRepresentor } from "./representor.ts";
import type { RunPlugin } from "./run-plugin.ts";
import { type Join, seamDifference, stitch } from "./stitch.ts";
import { deadline } from "./verb-deadline.ts";
import { cniArgsOf, type Wishes, wishesOf } from "./wishes.ts";

export interface DelegateWorld {
  readonly kernel: Kernel & NamespaceMaker;
  readonly records: Store<DelegateRecord>;
  readonly run: RunPlugin;
  readonly log: Log;
  readonly guard: Guard;
}

export async function createDelegate(
  config: DelegateConfig,
  world: DelegateWorld,
): Promise<Dataplane> {
  return new Delegate(config, world, await world.kernel.open());
}

class Delegate implements Dataplane {
  readonly name = "delegate";
  readonly takesRepresentors = true;
  readonly #config: DelegateConfig;
  readonly #world: DelegateWorld;
  readonly #root: Netns;
  readonly #runner: ChainRunner;
  readonly #lists: ListWatch;
  readonly #gate = new Gate();
  /** One representor is moved by one piece of work at a time. */
  readonly #lock = new KeyedLock();
  #records: Map<string, DelegateRecord> | undefined;
  #join: Join = { toPlugin: "mirred", toPod: "mirred" };

  constructor(config: DelegateConfig, world: DelegateWorld, root: Netns) {
    this.#config = config;
    this.#world = world;
    this.#root = root;
    this.#runner = { run: world.run, cniBin: config.cniBin };
    this.#lists = new ListWatch(config, this.#runner, world.log);
  }

  async start(): Promise<void> {
    const { kernel, log } = this.#world;
    const { join, reason } = await chooseJoin(kernel, this.#config.join);
    this.#join = join;
    log.info("ports are joined", { ...join, reason });
    await this.#load();
    // A network that is not there yet is the health's news, not a reason to refuse the start.
    await this.#lists.refresh();
  }

  async remove(): Promise<void> {
    await this.#adoptAll();
    for (const key of [...(await this.#load()).keys()]) {
      try {
        await this.#takeDown(key);
      } catch (error) {
        // The DPU is given back all the same; what the plugin keeps outside the namespace is its own to say.
        this.#world.log.error("a plugin did not delete its port", { port: key, error });
        await removeNamespace(this.#world.kernel, this.#path(key));
        await this.#world.records.delete(key);
        this.#loaded.delete(key);
      }
    }
  }

  attach(request: PortRequest, signal: AbortSignal): Promise<PortSetting> {
    return this.#lock.run(request.representor, () => this.#attach(request, signal), signal);
  }

  async detach({ key, representor }: AttachedPort): Promise<void> {
    await this.#lock.run(representor, async () => {
      if (!(await this.#load()).has(key)) await this.#adopt(key, representor);
      await this.#takeDown(key);
      await pause?.("addresses-released", key);
    });
  }

  async check({ key }: AttachedPort): Promise<void> {
    const record = (await this.#load()).get(key);
    if (record?.setting === undefined) throw new CheckFailure("the dataplane has no such port");
    const netns = this.#path(key);
    using port = await openNamespace(this.#world.kernel, netns);
    if (port === undefined) throw new CheckFailure(`the port's namespace "${netns}" is gone`);
    const difference =
      (await seamDifference(port, seamOf(record, record.setting))) ??
      (await this.#world.guard.difference(port, postOf(key, record, record.setting)));
    if (difference !== undefined) throw new CheckFailure(difference);
    const signal = deadline("CHECK", this.#config.timeoutsMs.check);
    try {
      await checkChain(this.#runner, record.call, { netns, signal, result: record.result });
    } catch (error) {
      if (error instanceof PluginFailure) throw new CheckFailure(error.message);
      throw error;
    }
  }

  async dropped(ports: readonly AttachedPort[]): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const { key, representor } of ports) {
      using port = await openNamespace(this.#world.kernel, this.#path(key));
      const drops = await port?.drops();
      counts.set(key, drops?.get(representor) ?? 0);
    }
    return counts;
  }

  capabilities(): readonly string[] {
    return this.#lists.capabilities;
  }

  async health(): Promise<DataplaneHealth> {
    return this.#lists.health();
  }

  async collect(keys: readonly string[]): Promise<void> {
    await this.#adoptAll();
    const records = await this.#load();
    for (const key of [...records.keys()].filter((one) => !keys.includes(one))) {
      // Without the representor no pod can be behind it.
      if (!(await this.#hasRepresentor(key))) {
        await this.#takeDown(key);
        continue;
      }
      // Its pod may live, and the host may ask for it again; once its VF is used anew the pod is gone.
      const until = "its VF is used again";
      this.#world.log.warn("a port that no record of the agent knows is kept", {
        port: key,
        until,
      });
    }
    const valid = [...records.values()].map(({ call }) => {
      return { containerID: call.containerId, ifname: call.ifname };
    });
    const signal = deadline("GC", this.#config.timeoutsMs.gc);
    await gcList(this.#runner, await this.#lists.list(), { valid, signal });
  }

  async #attach(request: PortRequest, signal: AbortSignal): Promise<PortSetting> {
    signal.throwIfAborted();
    const { key, addresses } = request;
    const known = (await this.#load()).get(key);
    if (addresses === undefined) {
      if (known !== undefined) await this.#takeDown(key);
      return this.#gate.pass(() => this.#make(request, { signal }));
    }
    const setting = known?.setting;
    if (known !== undefined && setting !== undefined && (await this.#mend(key, known, setting))) {
      return setting;
    }
    // The DPU was rebooted: what the plugins keep on disk says that the addresses are taken, so they are given back and
    // asked for again, with nobody else asking meanwhile.
    const ips = addresses.map(({ address }) => address);
    return this.#gate.close(async () => {
      await this.#requireRepresentor(key, request.representor);
      if (known === undefined) await this.#adopt(key, request.representor);
      await this.#takeDown(key);
      return this.#make(request, { signal, ips });
    });
  }

  /** Brings back of a port that was attached what is missing; false when its namespace is. */
  async #mend(key: string, record: DelegateRecord, setting: PortSetting): Promise<boolean> {
    const port = await openNamespace(this.#world.kernel, this.#path(key));
    if (port === undefined) return false;
    try {
      if ((await port.link(record.call.ifname)) === undefined) return false;
      await this.#sew(port, { key, record }, setting);
      return true;
    } finally {
      port[Symbol.dispose]();
    }
  }

  async #make(
    request: PortRequest,
    { signal, ips }: { readonly signal: AbortSignal; readonly ips?: readonly string[] },
  ): Promise<PortSetting> {
    const { key, representor } = request;
    const link = await this.#requireRepresentor(key, representor);
    signal.throwIfAborted();
    const wishes = wishesOf(request);
    const record: DelegateRecord = {
      ...{ format: 1, phase: "adding", representor },
      former: { up: link.up, mtu: link.mtu },
      call: await this.#callOf(request, wishes, ips),
    };
    await this.#put(key, record);
    let result: unknown;
    try {
      const added = await this.#add(key, record.call, signal);
      result = added.printed;
      if (ips === undefined) await pause?.("addresses-reserved", key);
      const setting = await this.#wire(key, record, added);
      mustHonour(setting, wishes, ips);
      signal.throwIfAborted();
      await this.#put(key, { ...record, phase: "ready", result, setting });
      return setting;
    } catch (error) {
      if (error instanceof ChainBroken) result = error.partial;
      await this.#undo(key, { ...record, result });
      throw error;
    }
  }

  async #add(key: string, call: ChainCall, signal: AbortSignal): Promise<ChainResult> {
    const path = this.#path(key);
    await makeNamespace(this.#world.kernel, path, key);
    const late = deadline("ADD", this.#config.timeoutsMs.add);
    const until = AbortSignal.any([signal, late]);
    return addChain(this.#runner, call, { netns: path, signal: until });
  }

  async #wire(key: string, record: DelegateRecord, added: ChainResult): Promise<PortSetting> {
    using port = await this.#world.kernel.open(this.#path(key));
    const setting = await portSettingOf(port, record.call.ifname, added.result);
    await this.#sew(port, { key, record }, setting);
    return setting;
  }

  /** The guard stands before the first frame can pass. */
  async #sew(
    port: Netns,
    { key, record }: { readonly key: string; readonly record: DelegateRecord },
    setting: PortSetting,
  ): Promise<void> {
    await takeRepresentor(this.#root, port, record.representor);
    await this.#world.guard.raise(port, postOf(key, record, setting));
    await stitch(port, seamOf(record, setting), this.#join);
  }

  /** A new port that failed. Where that fails too the record stays, and with it the way to the next `detach`. */
  async #undo(key: string, record: DelegateRecord): Promise<void> {
    try {
      this.#loaded.set(key, record);
      await this.#takeDown(key);
    } catch (error) {
      this.#world.log.warn("a port that could not be made cannot be undone yet", {
        port: key,
        error,
      });
    }
  }

  /** Idempotent; the record goes last. */
  async #takeDown(key: string): Promise<void> {
    const { kernel, records } = this.#world;
    const path = this.#path(key);
    const record = (await this.#load()).get(key);
    if (record === undefined) return removeNamespace(kernel, path);
    const { representor, former, call, result } = record;
    const port = await openNamespace(kernel, path);
    try {
      await returnRepresentor(this.#root, port, { name: representor, ...former });
    } finally {
      port?.[Symbol.dispose]();
    }
    const signal = deadline("DEL", this.#config.timeoutsMs.del);
    const netns = port === undefined ? "" : path;
    const isUnfinished = record.phase === "adding";
    await delChain(this.#runner, call, { netns, signal, result, isUnfinished });
    await removeNamespace(kernel, path);
    await records.delete(key);
    this.#loaded.delete(key);
  }

  async #hasRepresentor(key: string): Promise<boolean> {
    const name = (await this.#load()).get(key)?.representor ?? "";
    using port = await openNamespace(this.#world.kernel, this.#path(key));
    return (await port?.link(name)) !== undefined;
  }

  /** Ports whose records were damaged, known by their namespaces. */
  async #adoptAll(): Promise<void> {
    const { kernel } = this.#world;
    const known = await this.#load();
    for (const { key, links } of await namespacesIn(kernel, this.#config.namespaces)) {
      if (known.has(key)) continue;
      const ifname = key.split("/").at(-1);
      await this.#adopt(key, links.find((name) => name !== ifname) ?? "").catch((error) => {
        this.#world.log.error("a port without a record cannot be taken over", { port: key, error });
      });
    }
  }

  /** A port whose record was damaged: its namespace is there, so its plugins are asked to delete by the list of today. */
  async #adopt(key: string, representor: string): Promise<void> {
    using port = await openNamespace(this.#world.kernel, this.#path(key));
    if (port === undefined) return;
    const link = (await port.link(representor)) ?? (await this.#root.link(representor));
    const request = { key, representor, mac: "", networkConfig: "" };
    await this.#put(key, {
      ...{ format: 1, phase: "adding", representor },
      former: { up: false, mtu: link?.mtu ?? 1500 },
      call: await this.#callOf(request, wishesOf(request), undefined),
    });
  }

  /** A representor that a port nobody knows any more still has is taken from it. */
  async #requireRepresentor(key: string, representor: string) {
    for (const [other, record] of await this.#load()) {
      if (other !== key && record.representor === representor) await this.#takeDown(other);
    }
    const here = await this.#root.link(representor);
    if (here !== undefined) return here;
    using port = await openNamespace(this.#world.kernel, this.#path(key));
    const there = await port?.link(representor);
    if (there !== undefined) return { ...there, ...(await this.#load()).get(key)?.former };
    throw new Error(`representor "${representor}" does not exist`);
  }

  async #callOf(
    { key, pod }: PortRequest,
    { values }: Wishes,
    ips: readonly string[] | undefined,
  ): Promise<ChainCall> {
    const [, containerId = "", ifname = ""] = key.split("/");
    return {
      list: await this.#lists.list(),
      ...{ containerId, ifname, wishes: values },
      args: cniArgsOf(pod, containerId),
      ...(ips === undefined ? {} : { ips }),
    };
  }

  #path(key: string): string {
    return namespacePath(this.#config.namespaces, key);
  }

  get #loaded(): Map<string, DelegateRecord> {
    this.#records ??= new Map();
    return this.#records;
  }

  async #load(): Promise<Map<string, DelegateRecord>> {
    if (this.#records !== undefined) return this.#records;
    const { records, damaged } = await this.#world.records.load();
    for (const { path, reason } of damaged) {
      this.#world.log.error("record of a delegated port set aside", { path, reason });
    }
    this.#records ??= new Map(records);
    return this.#records;
  }

  async #put(key: string, record: DelegateRecord): Promise<void> {
    this.#loaded.set(key, record);
    await this.#world.records.put(key, record);
  }
}

function seamOf({ representor, call }: DelegateRecord, { mtu }: PortSetting) {
  return { representor, ifname: call.ifname, mtu };
}

/** What is behind the plugin's interface may be a bridge. */
function postOf(key: string, { representor }: DelegateRecord, setting: PortSetting): GuardPost {
  return { key, representor, setting, isShared: true };
}
