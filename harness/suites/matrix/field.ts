/** The fixture of the matrix: all planes, opened side by side, each on nodes of its own, and the world outside. */
import type { Node } from "../../core/backend.ts";
import { errorText } from "../../core/error-text.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { Closing } from "../closing.ts";
import { openOutside } from "./outside.ts";
import type { Peer } from "./peers.ts";
import { openPlane, type Plane, type PlaneSpec } from "./plane.ts";

export interface Field extends Fixture {
  readonly outside: Peer;
  /** what each plane is, or why it is not there */
  readonly planes: ReadonlyMap<string, Plane | OutcomeSignal>;
  readonly patience: Patience;
}

export interface Patience {
  readonly tries: number;
  /** of each */
  readonly timeoutMs: number;
}

/** What is lost on a busy machine is sent again; a way that is not there is none at the third try either. */
const usualPatience: Patience = { tries: 3, timeoutMs: 1_500 };

export async function openField(
  context: SuiteContext,
  specs: readonly PlaneSpec[],
): Promise<Field> {
  const { world, signal } = context;
  const seats = seatsOf(specs, world.nodes);
  const closing = new Closing();
  try {
    const planes = new Map<string, Plane | OutcomeSignal>();
    closing.defer(() => closeAll(planes));
    // One that is not to be had, or broke, keeps no other from being judged.
    await Promise.all(
      specs.map(async (spec, i) => {
        const nodes = seats.planes[i] ?? [];
        const progress = (line: string) => context.progress(`${spec.name}: ${line}`);
        planes.set(spec.name, await orOutcome(openPlane(spec, { world, nodes, signal, progress })));
      }),
    );
    signal.throwIfAborted();
    const offloads = specs.flatMap((spec, i) =>
      spec.nodeCount === 2 ? (seats.planes[i] ?? []) : [],
    );
    const outside = await openOutside(seats.outside, offloads, closing);
    const all = planesIn(planes);
    return {
      ...{ outside, planes, patience: usualPatience },
      casualties: () => all.flatMap((plane) => plane.casualties()),
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

async function closeAll(planes: ReadonlyMap<string, Plane | OutcomeSignal>): Promise<void> {
  const ends = await Promise.allSettled(
    planesIn(planes).map(async (plane) => plane[Symbol.asyncDispose]()),
  );
  const problems = ends.flatMap((end) =>
    end.status === "rejected" ? [errorText(end.reason)] : [],
  );
  if (problems.length > 0) throw new Error(problems.join("; "));
}

function planesIn(planes: Field["planes"]): readonly Plane[] {
  return [...planes.values()].flatMap((plane) => (plane instanceof OutcomeSignal ? [] : [plane]));
}

async function orOutcome(work: Promise<Plane>): Promise<Plane | OutcomeSignal> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof OutcomeSignal) return error;
    return new OutcomeSignal({ kind: "blocked", message: errorText(error) });
  }
}

/** Each plane its own nodes, and the last one is the world outside. */
function seatsOf(specs: readonly PlaneSpec[], nodes: readonly Node[]) {
  const needed = specs.reduce((sum, { nodeCount }) => sum + nodeCount, 1);
  const outside = nodes[needed - 1];
  if (outside === undefined) {
    const message = `the planes ${specs.map(({ name }) => name).join(", ")} and the world outside need ${needed} nodes: raise --nodes`;
    throw new OutcomeSignal({ kind: "blocked", message });
  }
  let taken = 0;
  const planes = specs.map(({ nodeCount }) => {
    taken += nodeCount;
    return nodes.slice(taken - nodeCount, taken);
  });
  return { planes, outside };
}
