/**
 * One node in this process: a kernel in memory for the host and one for the DPU, a disk in memory for each, sysfs on
 * disk, and the product's own code as daemon and agent, which can end at any of their effects.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyedLock } from "../../impl/base/lock.ts";
import { createLog, type Log } from "../../impl/base/log.ts";
import type { Clock } from "../../impl/base/time.ts";
import type { Kernel, Netns } from "../../impl/netlink/kernel.ts";
import { type MemoryKernel, memoryKernel } from "../../impl/netlink/memory.ts";
import { makeSysfs, type SysfsTree, vfAddress } from "../../impl/vf/fake-sysfs.ts";
import type { Way } from "./direct-agent.ts";
import { end, type Life, mortal, newLife } from "./life.ts";
import { type LiveAgent, startAgent } from "./live-agent.ts";
import { type LiveDaemon, startDaemon } from "./live-daemon.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { Site } from "./site.ts";
import { virtualClock } from "./virtual-clock.ts";

const hourMs = 3_600_000;
const uplink = "uplink0";
export const representorOf = (index: number) => `rep0v${index}`;
const vfName = (index: number) => `enp3s0f0v${index}`;
const vfMac = (index: number) => `02:00:00:00:00:0${index + 1}`;

export class MemoryNode implements Site, AsyncDisposable {
  readonly vfs: number;
  readonly disks = {
    ...{ host: new MemoryDisk(), generations: new MemoryDisk() },
    ...{ dpu: new MemoryDisk(), sysctls: new MemoryDisk() },
  };
  readonly #clock = virtualClock();
  #clocks = 0;
  readonly sysfs: SysfsTree;
  readonly #folder: string;
  readonly #lines: string[] = [];
  readonly #lock = new KeyedLock();
  readonly #shown: (string | undefined)[];
  host: MemoryKernel;
  dpu: MemoryKernel;
  daemon: LiveDaemon | undefined;
  agent: LiveAgent | undefined;
  /** which ways the management link lets calls through */
  link = { toDpu: true, toHost: true };
  /** told before each effect of either process */
  onEffect: () => void = () => {};
  #draw = 1;

  private constructor(folder: string, sysfs: SysfsTree, vfs: number) {
    this.vfs = vfs;
    this.#folder = folder;
    this.sysfs = sysfs;
    this.#shown = Array.from({ length: vfs }, (_, index) => vfName(index));
    this.host = newHost(vfs);
    this.dpu = newDpu(vfs);
  }

  static async open(vfs: number): Promise<MemoryNode> {
    const folder = await mkdtemp(join(tmpdir(), "in-process-"));
    return new MemoryNode(folder, await makeSysfs(folder, vfs), vfs);
  }

  /** Everything as before the first step, but for the names that sysfs shows. */
  async renew(): Promise<void> {
    await this.kill("daemon");
    await this.kill("agent");
    for (const disk of Object.values(this.disks)) disk.files.clear();
    this.#lines.length = 0;
    this.reseed();
    this.link = { toDpu: true, toHost: true };
    await this.bootDpu();
    await this.bootHost();
    await this.start("agent");
    await this.start("daemon");
  }

  /** Calls meet in the same orders again. */
  reseed(): void {
    this.#draw = 1;
  }

  async bootHost(): Promise<void> {
    this.host = newHost(this.vfs);
    await this.syncSysfs();
  }

  async bootDpu(): Promise<void> {
    this.dpu = newDpu(this.vfs);
    using own = await this.dpu.open();
    await own.linkSet(uplink, { up: true });
  }

  async start(who: "daemon" | "agent"): Promise<void> {
    if (who === "agent") {
      this.agent = await startAgent(this, this.#newLife());
      this.daemon?.agent.connected();
    } else {
      this.daemon = await startDaemon(this, this.#newLife());
    }
  }

  async kill(who: "daemon" | "agent"): Promise<void> {
    const process = this[who];
    if (process === undefined) return;
    end(process.life);
    this[who] = undefined;
    // What hung on its handles comes home.
    await this.syncSysfs();
  }

  newClock(): Clock {
    this.#clocks += 1;
    const backMs = this.#clocks * hourMs;
    return { ...this.#clock, now: () => this.#clock.now() - backMs };
  }

  get sysfsRoot(): string {
    return this.sysfs.root;
  }

  way(): Way {
    return { agent: this.agent, ...this.link };
  }

  /** On the host sysfs follows what a process does to links. */
  kernelOf(side: "host" | "dpu", life: Life): Kernel {
    const kernel = this[side];
    const follow = side === "host" ? { linkSet: () => this.syncSysfs() } : {};
    const opened = async (path?: string): Promise<Netns> => {
      const netns = await kernel.open(path);
      if (life.isOver) netns[Symbol.dispose]();
      else life.open.add(netns);
      return mortal(netns, life, follow);
    };
    return mortal({ open: opened }, life);
  }

  /** The tree as a kernel would show it now. */
  syncSysfs(): Promise<void> {
    return this.#lock.run("sysfs", () => this.#sync());
  }

  async #sync(): Promise<void> {
    using own = await this.host.open();
    const links = await own.links();
    for (const [index, shown] of this.#shown.entries()) {
      const name = links.find(({ parentDevice }) => parentDevice === vfAddress(index))?.name;
      if (name === shown) continue;
      this.#shown[index] = name;
      await this.sysfs.setNetdev(index, name);
    }
  }

  newLog(component: string): Log {
    return createLog({ component, level: "info", write: (line) => void this.#lines.push(line) });
  }

  /** what both processes said lately */
  lastWords(): readonly string[] {
    return this.#lines.slice(-30);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("daemon");
    await this.kill("agent");
    await rm(this.#folder, { recursive: true, force: true });
  }

  #newLife(): Life {
    return newLife({ onEffect: () => this.onEffect(), delay: () => this.#turns() });
  }

  /** xorshift: mostly none, at times a few, so that overlapping calls meet in other orders. */
  #turns(): number {
    let x = this.#draw;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#draw = x | 0;
    return (x & 7) < 5 ? 0 : (x >>> 3) & 15;
  }
}

function newHost(vfs: number): MemoryKernel {
  const kernel = memoryKernel();
  for (let index = 0; index < vfs; index += 1) {
    const parentDevice = vfAddress(index);
    kernel.deviceAdd({ name: vfName(index), parentDevice, address: vfMac(index) });
  }
  return kernel;
}

function newDpu(vfs: number): MemoryKernel {
  const kernel = memoryKernel();
  const names = [uplink, ...Array.from({ length: vfs }, (_, index) => representorOf(index))];
  for (const [at, name] of names.entries()) {
    kernel.deviceAdd({ name, parentDevice: `0002:01:00.${at}` });
  }
  return kernel;
}
