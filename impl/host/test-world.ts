/** A node in miniature for tests: any kernel, VFs that are veth ends, a sysfs tree that follows, and a fake DPU. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { KeyedLock } from "../base/lock.ts";
import { createLog } from "../base/log.ts";
import { sleep, systemClock } from "../base/time.ts";
import { Turnstile } from "../base/turnstile.ts";
import type { Kernel, NamespaceMaker, Netns } from "../netlink/kernel.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { openCard } from "../vf/card.ts";
import { makeSysfs, type SysfsTree, sysfsPf } from "../vf/fake-sysfs.ts";
import { VfPool } from "../vf/pool.ts";
import { pristineOf } from "../vf/pristine.ts";
import type { Attachment } from "./attachment.ts";
import { parseAttachment } from "./attachment-record.ts";
import { Attachments } from "./attachments.ts";
import { FakeAgent } from "./fake-agent.ts";
import { type Fault, faulty, faultyKernel, faultyNetns } from "./faulty.ts";
import { Generations, parseReserved } from "./generations.ts";
import { deletesAtOnce, type Host, verbDeadlinesMs } from "./host.ts";
import type { ManagementConfig } from "./management.ts";
import { ManagementPort } from "./management-port.ts";
import { Reconcile } from "./reconcile.ts";
import { recover } from "./recover.ts";
import { answer } from "./server.ts";

/** Waits pass four times as fast. */
const hurried = {
  now: () => Date.now() * 4,
  sleep: (ms: number, signal?: AbortSignal) => sleep(ms / 4, signal),
};

export type TestKernel = Kernel & NamespaceMaker;

export interface CallOptions {
  readonly containerId?: string;
  readonly ifname?: string;
  readonly netns?: string | undefined;
  readonly config?: Record<string, unknown>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly exitCode: number;
  // biome-ignore lint/suspicious/noExplicitAny: results and errors are looked into by tests
  readonly json: any;
  readonly stderr: string;
}

export class TestWorld {
  readonly kernel: TestKernel;
  readonly folder: string;
  readonly home: Netns;
  readonly homePath: string;
  readonly dpu: Netns;
  readonly sysfs: SysfsTree;
  readonly agent = new FakeAgent();
  readonly store: Store<Attachment>;
  readonly reserved = memoryStore(parseReserved);
  readonly fault: Fault = { at: undefined, when: "before", effects: [] };
  readonly log: Record<string, unknown>[] = [];
  readonly #end = new AbortController();
  readonly #pods: string[] = [];
  readonly #sysfsLock = new KeyedLock();
  #host: Host | undefined;
  reconcile: Reconcile | undefined;
  /** as configured; `start` takes it */
  wanted: ManagementConfig | undefined;
  #management: ManagementPort | undefined;
  havePortsBeenSeen = true;

  private constructor(
    kernel: TestKernel,
    folder: string,
    parts: {
      readonly home: Netns;
      readonly dpu: Netns;
      readonly sysfs: SysfsTree;
      readonly store: Store<Attachment>;
    },
  ) {
    this.kernel = kernel;
    this.folder = folder;
    this.homePath = join(folder, "home");
    this.home = parts.home;
    this.dpu = parts.dpu;
    this.sysfs = parts.sysfs;
    this.store = parts.store;
  }

  static async open(
    t: TestContext,
    kernel: TestKernel,
    options: { readonly vfs?: number; readonly store?: Store<Attachment> } = {},
  ): Promise<TestWorld> {
    const folder = await mkdtemp(join(tmpdir(), "host-"));
    const vfs = options.vfs ?? 2;
    await kernel.netnsAdd(join(folder, "home"));
    const home = await kernel.open(join(folder, "home"));
    const dpu = await kernel.netnsScratch();
    const sysfs = await makeSysfs(join(folder, "sys"), vfs);
    const store = options.store ?? memoryStore(parseAttachment);
    const world = new TestWorld(kernel, folder, { home, dpu, sysfs, store });
    for (let index = 0; index < vfs; index += 1) await world.makeVf(index);
    t.after(() => world.#close());
    await world.start();
    return world;
  }

  get host(): Host {
    if (this.#host === undefined) throw new Error("the daemon is not started");
    return this.#host;
  }

  /** What the emulator does for a VF whose namespace died: as a real one, it comes home. */
  async comeHome(index: number): Promise<void> {
    // The kernel takes a dead namespace apart in its own time.
    while ((await this.dpu.link(`rep0v${index}`)) !== undefined) await sleep(5);
    await this.makeVf(index);
  }

  async makeVf(index: number): Promise<void> {
    const address = `02:00:00:00:00:${(index + 1).toString(16).padStart(2, "0")}`;
    const peer = { name: `rep0v${index}`, netns: this.dpu };
    await this.home.linkAdd({ kind: "veth", name: `enp3s0f0v${index}`, address, mtu: 1500, peer });
    await this.dpu.linkSet(peer.name, { up: true });
    await this.sysfs.setNetdev(index, `enp3s0f0v${index}`);
  }

  /** A daemon on what is on disk, as after a kill -9. */
  async start(): Promise<void> {
    const log = createLog({
      component: "host",
      level: "debug",
      write: (line) => void this.log.push(JSON.parse(line)),
    });
    const store = faulty(this.store, this.fault);
    const generations = await Generations.open(this.reserved, { clock: systemClock, log });
    const attachments = await Attachments.open(store, generations);
    const card = await openCard({ sysfsRoot: this.sysfs.root, pfs: [sysfsPf], log });
    const home = {
      netns: faultyNetns(this.home, this.fault),
      sysfsRoot: this.sysfs.root,
      clock: hurried,
    };
    const pool = new VfPool({
      ...{ ...card, home, log },
      ownerOf: (vf) => attachments.ownerOf(vf.pciAddress) ?? attachments.lostOwnerOf(vf),
      owned: () => attachments.vfs(),
      doubt: () => (this.havePortsBeenSeen ? undefined : attachments.doubt()),
    });
    const host: Host = {
      management: () => this.#management?.state(),
      ...{ pool, attachments, log, home, locks: new KeyedLock() },
      deletes: new Turnstile(deletesAtOnce),
      deadlinesMs: verbDeadlinesMs,
      kernel: faultyKernel(this.kernel, this.fault),
      agent: faulty(this.agent, this.fault),
      exhaustedIsUnavailable: false,
      node: "node1",
      software: "test",
      wakeReconcile: () => {},
      havePortsBeenSeen: () => this.havePortsBeenSeen,
    };
    await recover(host);
    await pool.sweep();
    this.#host = host;
    this.reconcile = new Reconcile(host);
    this.#management = new ManagementPort(host, this.wanted);
  }

  /** One look of the background at everything, whenever it would have tried again. */
  async pass(): Promise<void> {
    const following = this.#follow();
    this.reconcile?.connected(this.agent.connected());
    await this.reconcile?.pass();
    await following();
  }

  /** One look at the management interface; true when nothing is left to do. */
  async manage(): Promise<boolean> {
    const following = this.#follow();
    const isDone = await this.#management?.pass();
    await following();
    return isDone ?? true;
  }

  async pod(name: string): Promise<string> {
    const path = join(this.folder, name);
    await this.kernel.netnsAdd(path);
    this.#pods.push(path);
    using netns = await this.kernel.open(path);
    await netns.linkSet("lo", { up: true });
    return path;
  }

  /** The namespace dies with all its links; the VF is in sysfs again when the kernel has brought it home. */
  async killPod(path: string): Promise<void> {
    this.#pods.splice(this.#pods.indexOf(path), 1);
    await this.kernel.netnsDel(path);
  }

  async call(command: string, options: CallOptions = {}): Promise<Answer> {
    const { containerId = "a", ifname = "eth0", netns, config, signal } = options;
    const environment = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_IFNAME: ifname,
      CNI_PATH: "/opt/cni/bin",
      ...(netns === undefined ? {} : { CNI_NETNS: netns }),
    };
    const network = { cniVersion: "1.1.0", name: "podnet", type: "offload-cni", ...config };
    const stdin = Buffer.from(JSON.stringify(network));
    // sysfs follows what the verbs did with the links.
    const following = this.#follow();
    const gone = signal ?? new AbortController().signal;
    const { exitCode, stdout, stderr } = await answer({ environment, stdin }, this.host, gone);
    await following();
    return { exitCode, stderr, json: stdout === "" ? undefined : JSON.parse(stdout) };
  }

  async add(netns: string, options: CallOptions = {}): Promise<Answer> {
    return this.call("ADD", { ...options, netns });
  }

  /** Everything that an undone or deleted attachment must leave as it was. */
  async snapshot(): Promise<unknown> {
    await this.syncSysfs();
    const { records } = await this.store.load();
    const pods: Record<string, unknown> = {};
    for (const path of this.#pods) {
      using netns = await this.kernel.open(path);
      pods[path] = await describe(netns);
    }
    return {
      home: await describe(this.home),
      pods,
      ports: [...this.agent.ports.keys()],
      records: [...records.values()].map(({ key, phase }) => ({ key, phase })),
      pool: this.host.pool.counts(),
    };
  }

  /** The tree as the kernel would show it now. */
  async syncSysfs(): Promise<void> {
    await this.#sysfsLock.run("sysfs", () => this.#sync());
  }

  async #sync(): Promise<void> {
    const here = await this.home.links();
    for (const { index } of this.host.pool.all()) {
      const rep = await this.dpu.link(`rep0v${index}`);
      const vf = here.find(({ peer, kind }) => kind === "veth" && peer === rep?.index);
      await this.sysfs.setNetdev(index, vf?.name);
    }
  }

  /** Keeps sysfs in step until the returned function is called. */
  #follow(): () => Promise<void> {
    const stop = new AbortController();
    const follow = async () => {
      for await (const _ of this.home.watchLinks(AbortSignal.any([stop.signal, this.#end.signal])))
        await this.syncSysfs();
    };
    const done = follow();
    return async () => {
      stop.abort();
      await done;
      await this.syncSysfs();
    };
  }

  async #close(): Promise<void> {
    this.#end.abort();
    for (const path of this.#pods) await this.kernel.netnsDel(path);
    this.home[Symbol.dispose]();
    this.dpu[Symbol.dispose]();
    await this.kernel.netnsDel(this.homePath);
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function describe(netns: Netns): Promise<unknown> {
  const links = await netns.links();
  const addresses = await netns.addresses();
  const routes = await netns.routes();
  return {
    links: links.map((link) => pristineOf(link)).sort((a, b) => (a.name < b.name ? -1 : 1)),
    addresses: addresses.map(({ link, address }) => `${link} ${address}`).sort(),
    routes: routes.map(({ dst, via, dev }) => `${dst} ${via ?? ""} ${dev}`).sort(),
  };
}
