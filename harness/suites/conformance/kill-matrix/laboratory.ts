/** A world with one lane per node, in which plugins are judged side by side, each alone on its node. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import { netnsBackend } from "../../../backends/netns.ts";
import type { World } from "../../../core/backend.ts";
import { Closing } from "../../closing.ts";
import type { RequirementCheck } from "../requirement-check.ts";
import { Subject } from "../subject.ts";
import { compileFront, FrontServer } from "./fast-front.ts";
import { installTiny, type TinyPart, type Workshop } from "./tiny-installer.ts";
import { type Trip, tripOf } from "./trips.ts";

export interface Job {
  /** undefined: the plugin as it is */
  readonly mutation?: Mutation;
  readonly part: TinyPart;
  readonly checks: readonly RequirementCheck[];
  /** each call a process of its own, though it were slow */
  readonly isProcess?: boolean;
}

export type Trips = ReadonlyMap<string, Trip>;

export class Laboratory implements AsyncDisposable {
  /** why there is no fast front; undefined: there is one */
  readonly slowBecause: string | undefined;
  readonly #world: World;
  readonly #workshop: Workshop;
  readonly #closing: Closing;

  private constructor(parts: {
    readonly world: World;
    readonly workshop: Workshop;
    readonly closing: Closing;
    readonly slowBecause: string | undefined;
  }) {
    this.#world = parts.world;
    this.#workshop = parts.workshop;
    this.#closing = parts.closing;
    this.slowBecause = parts.slowBecause;
  }

  static async open(lanes: number): Promise<Laboratory> {
    const closing = new Closing();
    const directory = await mkdtemp(join(tmpdir(), "dnc-mutants-"));
    closing.defer(() => rm(directory, { recursive: true, force: true }));
    await mkdir(join(directory, "copies"));
    const compiled = await compileFront(directory);
    const socket = join(directory, "front.sock");
    const server = closing.use(await FrontServer.listen(socket));
    const signal = AbortSignal.timeout(60_000);
    const up = netnsBackend().up({ nodes: lanes, vfs: 10 }, { signal, progress: () => {} });
    const world = closing.use(await up);
    const isFast = "binary" in compiled;
    const workshop = {
      directory: join(directory, "copies"),
      ...(isFast && { fast: { binary: compiled.binary, server, socket } }),
    };
    return new Laboratory({
      world,
      workshop,
      closing,
      slowBecause: isFast ? undefined : compiled.reason,
    });
  }

  /** Every job on the next node that is free; `report` hears of each as it ends. */
  async judge(jobs: readonly Job[], report: (job: Job, trips: Trips) => void): Promise<void> {
    const waiting = [...jobs];
    const lane = async (index: number) => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        report(job, await this.#judgeOn(index, job));
      }
    };
    await Promise.all(this.#world.nodes.map((_, index) => lane(index)));
  }

  async #judgeOn(index: number, job: Job): Promise<Trips> {
    const { mutation, part, checks, isProcess } = job;
    const node = this.#world.nodes[index];
    if (node === undefined) throw new Error(`Cannot judge on lane ${index}: there is none`);
    const { directory } = this.#workshop;
    const workshop = isProcess ? { directory } : this.#workshop;
    await using installed = await installTiny(workshop, node, { mutation, part });
    await using subject = await Subject.on(node, installed.plugin, installed.outages);
    await subject.warmUp();
    const trips = new Map<string, Trip>();
    for (const check of checks) trips.set(check.id, await tripOf(subject, check));
    return trips;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }
}
