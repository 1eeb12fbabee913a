/** The fixture of bench: contenders installed side by side on the first node, the caller, and pods that are used again. */
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

export interface Stand extends Fixture {
  readonly world: World;
  readonly node: Node;
  readonly caller: Caller;
  /** CNI plugins, those that could be installed */
  readonly contenders: readonly Contender[];
  readonly limits: readonly Contender[];
  readonly installations: ReadonlyMap<string, Installation>;
  /** Rounds that count: `usual`, or as many more or fewer as the person asked for with --runs. */
  rounds(usual: number): number;
  /** so many at least, made now if there are fewer */
  seats(count: number): Promise<readonly Seat[]>;
  /** why a contender is not there */
  absence(name: string): string;
}

export async function openStand(
  { world, signal, progress }: SuiteContext,
  {
    installers,
    runs = usualRuns,
  }: { readonly installers: readonly Installer[]; readonly runs?: number },
): Promise<Stand> {
  const [node] = world.nodes;
  if (node === undefined) throw new Error("Cannot measure: the world has no node");
  const closing = new Closing();
  try {
    const caller = closing.use(await Caller.start(node.host));
    const limits = [closing.use(await moveLimit(node.host)), execLimit(caller)];
    const installations = new Map<string, Installation>();
    const absent = new Map<string, string>();
    const contenders: Contender[] = [];
    for (const installer of installers) {
      const { name } = installer;
      try {
        const installation = closing.use(await installer.install(world, { signal, progress }));
        installations.set(name, installation);
        const directory = join(node.paths.run, `bench-cache-${name}`);
        await mkdir(directory, { recursive: true });
        closing.defer(() => rm(directory, { recursive: true }));
        contenders.push(pluginContender({ name, installation, node, caller, directory }));
      } catch (error) {
        if (!(error instanceof OutcomeSignal) || error.outcome.kind === "passed") throw error;
        progress(`${name} is left out: ${error.message}`);
        absent.set(name, error.message);
      }
    }
    const seats: Seat[] = [];
    closing.defer(async () => {
      for (const { pod } of seats) await pod[Symbol.asyncDispose]();
    });
    return {
      ...{ world, node, caller, contenders, limits, installations },
      rounds: (usual) => Math.max(leastRounds, Math.round((usual * runs) / usualRuns)),
      async seats(count) {
        while (seats.length < count) {
          const pod = await node.createPod(`bench-${seats.length}`);
          seats.push({ pod, containerId: pod.containerId });
        }
        return seats.slice(0, count);
      },
      absence: (name) => absent.get(name) ?? `${name} was not asked for`,
      casualties: () => [...installations.values()].flatMap((one) => one.casualties()),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    // The first error is the one to see; what the undo says is its consequence.
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

/** Why a figure of these contenders is absent; "" when all are there. */
export function absences(stand: Stand, names: readonly string[]): string {
  return names
    .filter((name) => !stand.contenders.some((one) => one.name === name))
    .map((name) => stand.absence(name))
    .join("; ");
}
