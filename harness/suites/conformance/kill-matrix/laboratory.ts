/** A world with one lane per node, in which plugins are judged side by side, each alone on its node. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutation } from "../../../../fixtures/plugins/mutation.ts";
import { netnsBackend } from "../../../backends/netns.ts";
import type { Node } from "../../../core/backend.ts";
import { Closing } from "../../closing.ts";
import type { RequirementCheck } from "../requirement-check.ts";
import { Subject } from "../subject.ts";
import { compile } from "./compile.ts";
import { FrontServer, frontSource } from "./fast-front.ts";
import { fastNode } from "./fast-node.ts";
import { Starter } from "./starter.ts";
import { tidier } from "./tidier.ts";
import { installTiny, type TinyPart, type Workshop } from "./tiny-installer.ts";
import { steadyTrip, type Trip, type Trips, tripOf } from "./trips.ts";

export interface Job {
  /** undefined: the plugin as it is */
  readonly mutation?: Mutation;
  readonly part: TinyPart;
  readonly checks: readonly RequirementCheck[];
  /** each call a process of its own, though it were slow */
  readonly isProcess?: boolean;
  /** repeats what is not as meant, and leaves out what is never the same twice */
  readonly isSteady?: boolean;
}

export class Laboratory implements AsyncDisposable {
  /** why there is no fast front; undefined: there is one */
  readonly slowBecause: string | undefined;
  readonly #nodes: readonly Node[];
  readonly #workshop: Workshop;
  readonly #closing: Closing;

  private constructor(parts: {
    readonly nodes: readonly Node[];
    readonly workshop: Workshop;
    readonly closing: Closing;
    readonly slowBecause: string | undefined;
  }) {
    this.#nodes = parts.nodes;
    this.#workshop = parts.workshop;
    this.#closing = parts.closing;
    this.slowBecause = parts.slowBecause;
  }

  static async open(lanes: number): Promise<Laboratory> {
    const closing = new Closing();
    const directory = await mkdtemp(join(tmpdir(), "dnc-mutants-"));
    closing.defer(() => rm(directory, { recursive: true, force: true }));
    await mkdir(join(directory, "copies"));
    const made = await fastParts(directory, closing).catch((error: Error) => error.message);
    const signal = AbortSignal.timeout(60_000);
    const up = netnsBackend().up({ nodes: lanes, vfs: 10 }, { signal, progress: () => {} });
    const world = closing.use(await up);
    const copies = join(directory, "copies");
    const slow = { nodes: world.nodes, workshop: { directory: copies }, closing };
    if (typeof made === "string") return new Laboratory({ ...slow, slowBecause: made });
    const nodes = await Promise.all(world.nodes.map((node) => fastNode(node, made)));
    closing.useAll(nodes);
    const workshop = { directory: copies, fast: made };
    return new Laboratory({ nodes, workshop, closing, slowBecause: undefined });
  }

  /** Every job on the next node that is free; `report` hears of each as it ends. */
  async judge(jobs: readonly Job[], report: (job: Job, trips: Trips) => void): Promise<void> {
    const waiting = [...jobs];
    const lane = async (index: number) => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        report(job, await this.#judgeOn(index, job));
      }
    };
    await Promise.all(this.#nodes.map((_, index) => lane(index)));
  }

  async #judgeOn(index: number, job: Job): Promise<Trips> {
    const { mutation, part, checks, isProcess, isSteady } = job;
    const node = this.#nodes[index];
    if (node === undefined) throw new Error(`Cannot judge on lane ${index}: there is none`);
    const { directory } = this.#workshop;
    const workshop = isProcess ? { directory } : this.#workshop;
    await using installed = await installTiny(workshop, node, { mutation, part });
    await using subject = await Subject.on(node, installed.plugin, installed.outages);
    await subject.warmUp();
    const tidy = await tidier(subject, installed);
    const trips = new Map<string, Trip>();
    for (const check of checks) {
      const attempt = async () => {
        const trip = await tripOf(subject, check);
        if (trip.kind !== "notApplicable") await tidy();
        return trip;
      };
      const isMeant = mutation?.meant.includes(check.id) ?? false;
      const trip = isSteady ? await steadyTrip(attempt, isMeant) : await attempt();
      if (trip !== undefined) trips.set(check.id, trip);
    }
    return trips;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }
}

/** What the fast front needs; throws where there is no compiler. */
async function fastParts(directory: string, closing: Closing) {
  const binary = await compile(frontSource, directory);
  const starter = closing.use(await Starter.open(directory));
  const socket = join(directory, "front.sock");
  const server = closing.use(await FrontServer.listen(socket, starter));
  return { binary, socket, server, starter };
}
