/**
 * The fixture of bench: contenders side by side on the first node, with the second for their traffic across nodes; the
 * offload over another CNI on the third and fourth, and joined otherwise on the fifth and sixth; two more for growth; a caller where plugins are called; pods that are used again.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Node, World } from "../../core/backend.ts";
import type { Installation, Installer } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { Closing } from "../closing.ts";
import { Caller } from "./caller/caller.ts";
import type { Contender, Seat } from "./contender.ts";
import { execLimit, moveLimit } from "./contenders/limits.ts";
import { pluginContender } from "./contenders/plugin-contender.ts";

/** what --runs counts: rounds of the check add-del, the others in proportion */
export const usualRuns = 300;
const leastRounds = 3;
/** for the widest storm of ADDs, beside the management VF */
const wantedVfs = 65;
const frontNodes = 2;
/** of each delegate */
const backNodes = 2;
const tooFewNodes = "the world has too few nodes (raise --nodes)";

export interface Stand extends Fixture {
  readonly world: World;
  readonly node: Node;
  /** CNI plugins, those that could be installed; all on the first node but for the delegate */
  readonly contenders: readonly Contender[];
  readonly limits: readonly Contender[];
  /** Rounds that count: `usual`, or as many more or fewer as the person asked for with --runs. */
  rounds(usual: number): number;
  /** So many of the node's pods at least, made now if there are fewer. */
  seats(count: number, node?: Node): Promise<readonly Seat[]>;
  /** of a pod that a check makes for itself */
  podName(): string;
  callerOn(node: Node): Promise<Caller>;
  /** the installation that a contender is of */
  installation(contender: string): Installation | undefined;
  /** the same plugin on another node; undefined: it is alone */
  peer(contender: Contender): Promise<Contender | undefined>;
  /** why a contender is not there */
  absence(name: string): string;
  /** The offload on nodes of a check's own, with as many VFs each as it says; undone when disposed. */
  grown(vfs: readonly number[]): Promise<Grown | string>;
}

export interface Grown extends AsyncDisposable {
  readonly installation: Installation;
  /** one per node, in order */
  readonly contenders: readonly Contender[];
}

export interface StandOptions {
  readonly installers: readonly Installer[];
  /** the offload over another CNI, by name; each has two nodes of its own */
  readonly delegates?: Readonly<Record<string, Installer>>;
  /** what nodes grow with; default: the offload among `installers` */
  readonly grower?: Installer;
  readonly runs?: number;
}

export async function openStand(context: SuiteContext, options: StandOptions): Promise<Stand> {
  const { world } = context;
  const [node] = world.nodes;
  if (node === undefined) throw new Error("Cannot measure: the world has no node");
  const closing = new Closing();
  try {
    if (node.card.vfs.length < wantedVfs) await widen(node, wantedVfs, closing);
    const front = { ...world, nodes: world.nodes.slice(0, frontNodes) };
    const parts = { context, closing, world };
    const stand = new BenchStand(parts, options, node);
    await stand.addLimits();
    for (const installer of options.installers) await stand.add(installer, front);
    let first = frontNodes;
    for (const [name, delegate] of Object.entries(options.delegates ?? {})) {
      const back = world.nodes.slice(first, first + backNodes);
      await stand.add({ ...delegate, name }, { ...world, nodes: back });
      first += backNodes;
    }
    return stand;
  } catch (error) {
    // The first error is the one to see; what the undo says is its consequence.
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

async function widen({ card, faults }: Node, vfs: number, closing: Closing): Promise<void> {
  const { length: count } = card.vfs;
  if (faults === undefined || count === vfs) return;
  closing.defer(() => faults.changeVfs({ count }));
  await faults.changeVfs({ count: vfs });
}

class BenchStand implements Stand {
  readonly world: World;
  readonly node: Node;
  readonly contenders: Contender[] = [];
  readonly limits: Contender[] = [];
  readonly #context: SuiteContext;
  readonly #closing: Closing;
  readonly #runs: number;
  readonly #grower: Installer | undefined;
  readonly #absent = new Map<string, string>();
  readonly #installed = new Map<string, { installation: Installation; nodes: readonly Node[] }>();
  readonly #callers = new Map<Node, Promise<Caller>>();
  readonly #seats = new Map<Node, Seat[]>();
  #pods = 0;

  constructor(
    parts: { readonly context: SuiteContext; readonly closing: Closing; readonly world: World },
    { runs = usualRuns, installers, grower }: StandOptions,
    node: Node,
  ) {
    this.world = parts.world;
    this.node = node;
    this.#context = parts.context;
    this.#closing = parts.closing;
    this.#runs = runs;
    this.#grower = grower ?? installers.find(({ name }) => name === "offload");
  }

  async addLimits(): Promise<void> {
    const { node } = this;
    this.limits.push(this.#closing.use(await moveLimit(node)));
    this.limits.push(execLimit(node, await this.callerOn(node)));
  }

  async add(installer: Installer, world: World): Promise<void> {
    const { name } = installer;
    const { signal, progress } = this.#context;
    const { nodes } = world;
    const [node] = nodes;
    if (node === undefined) {
      this.#absent.set(name, tooFewNodes);
      return;
    }
    try {
      const installation = await installer.install(world, { signal, progress });
      this.#closing.use(installation);
      this.#installed.set(name, { installation, nodes });
      this.contenders.push(await this.#contender(name, installation, node));
    } catch (error) {
      if (!(error instanceof OutcomeSignal) || error.outcome.kind === "passed") throw error;
      progress(`${name} is left out: ${error.message}`);
      this.#absent.set(name, error.message);
    }
  }

  rounds(usual: number): number {
    return Math.max(leastRounds, Math.round((usual * this.#runs) / usualRuns));
  }

  async seats(count: number, node = this.node): Promise<readonly Seat[]> {
    const seats = this.#seats.get(node) ?? [];
    this.#seats.set(node, seats);
    while (seats.length < count) {
      const pod = await node.createPod(this.podName());
      this.#closing.use(pod);
      seats.push({ pod, containerId: pod.containerId });
    }
    return seats.slice(0, count);
  }

  podName(): string {
    this.#pods += 1;
    return `bench-${this.#pods}`;
  }

  callerOn(node: Node): Promise<Caller> {
    const known = this.#callers.get(node);
    if (known !== undefined) return known;
    const started = Caller.start(node.host).then((caller) => this.#closing.use(caller));
    this.#callers.set(node, started);
    return started;
  }

  installation(contender: string): Installation | undefined {
    return this.#installed.get(contender)?.installation;
  }

  async peer({ name }: Contender): Promise<Contender | undefined> {
    const { installation, nodes: [, other] = [] } = this.#installed.get(name) ?? {};
    // A plugin on the host alone joins no nodes.
    if (installation?.processes === undefined || other === undefined) return undefined;
    return this.#contender(name, installation, other);
  }

  async grown(vfs: readonly number[]): Promise<Grown | string> {
    const offload = this.#grower;
    if (offload === undefined) return this.absence("offload");
    const taken = [...this.#installed.values()].flatMap((one) => one.nodes);
    const free = this.world.nodes.filter((node) => !taken.includes(node));
    const nodes = free.slice(0, vfs.length);
    if (nodes.length < vfs.length) return tooFewNodes;
    const closing = new Closing();
    try {
      for (const [i, node] of nodes.entries()) await widen(node, vfs[i] ?? 0, closing);
      const { signal, progress } = this.#context;
      const world = { ...this.world, nodes };
      const installation = closing.use(await offload.install(world, { signal, progress }));
      const contenders: Contender[] = [];
      for (const node of nodes) {
        contenders.push(await this.#contender(node.name, installation, node));
      }
      const dispose = () => closing[Symbol.asyncDispose]();
      return { installation, contenders, [Symbol.asyncDispose]: dispose };
    } catch (error) {
      await closing[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
  }

  absence(name: string): string {
    return this.#absent.get(name) ?? `${name} was not asked for`;
  }

  casualties(): readonly string[] {
    return [...this.#installed.values()].flatMap(({ installation }) => installation.casualties());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }

  async #contender(name: string, installation: Installation, node: Node): Promise<Contender> {
    const directory = join(node.paths.run, `bench-cache-${name}`);
    await mkdir(directory, { recursive: true });
    this.#closing.defer(() => rm(directory, { recursive: true, force: true }));
    const caller = await this.callerOn(node);
    return pluginContender({ name, installation, node, caller, directory });
  }
}

/** Why a figure of these contenders is absent; "" when all are there. */
export function absences(stand: Stand, names: readonly string[]): string {
  return names
    .filter((name) => !stand.contenders.some((one) => one.name === name))
    .map((name) => stand.absence(name))
    .join("; ");
}
