/** Plugins on nodes, each node given to one check at a time: checks run side by side where their worlds are independent. */
import type { World } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Installer } from "../../core/installation.ts";
import { restingSnapshot } from "../../core/leak-oracle.ts";
import { type Outcome, OutcomeSignal } from "../../core/outcome.ts";
import type { JudgedPlugin } from "../../core/plugin.ts";
import { snapshotDifference } from "../../core/snapshot.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import { Closing } from "../closing.ts";
import type { Profile } from "./judge.ts";
import { Subject } from "./subject.ts";

type NotPassed = Exclude<Outcome, { kind: "passed" }>;

interface Candidate {
  readonly subjects: readonly Subject[];
  /** in the world, by its first attachments */
  readonly left: readonly string[];
  casualties(): readonly string[];
}

export class Bench implements Fixture {
  readonly #closing: Closing;
  /** a plugin that could not be installed has the outcome of all its checks */
  readonly #candidates: ReadonlyMap<string, Candidate | NotPassed>;
  readonly #free: number[];
  readonly #waiting: ((node: number) => void)[] = [];
  readonly #profile: Profile;

  private constructor(
    closing: Closing,
    candidates: ReadonlyMap<string, Candidate | NotPassed>,
    { nodes, profile }: { readonly nodes: number; readonly profile: Profile },
  ) {
    this.#closing = closing;
    this.#candidates = candidates;
    this.#free = Array.from({ length: nodes }, (_, node) => node);
    this.#profile = profile;
  }

  static async open(
    installers: readonly Installer[],
    { world, signal, progress }: SuiteContext,
    profile: Profile = "strict",
  ): Promise<Bench> {
    const closing = new Closing();
    const candidates = new Map<string, Candidate | NotPassed>();
    const nodes = nodesOf(world).slice(0, sideBySide(installers, world.nodes.length));
    try {
      for (const installer of installers) {
        candidates.set(installer.name, await candidate(installer));
      }
    } catch (error) {
      // The first error is the one to see; what the undo says is its consequence.
      await closing[Symbol.asyncDispose]().catch(() => {});
      throw error;
    }
    return new Bench(closing, candidates, { nodes: nodes.length, profile });

    async function candidate(installer: Installer): Promise<Candidate | NotPassed> {
      try {
        const installation = closing.use(await installer.install(world, { signal, progress }));
        const subjects = await Promise.all(
          nodes.map(async (node) => {
            const outages = installation.outages?.(node) ?? [];
            return closing.use(await Subject.on(node, installation.plugin(node), outages));
          }),
        );
        const warmUp = () => Promise.all(subjects.map((subject) => subject.warmUp()));
        const left = installation.tearDownUnknown ? await leftBy(world, warmUp) : [];
        if (!installation.tearDownUnknown) await warmUp();
        return { subjects, left, casualties: () => installation.casualties() };
      } catch (error) {
        if (!(error instanceof OutcomeSignal) || error.outcome.kind === "passed") throw error;
        progress(`${installer.name} is left out: ${error.message}`);
        return error.outcome;
      }
    }
  }

  /** The plugin on some node, for this check alone until it has cleaned up. */
  async lease(plugin: string, t: CheckContext): Promise<Subject> {
    const candidate = this.#candidates.get(plugin);
    if (candidate === undefined) t.blocked(`${plugin} was not installed`);
    if ("kind" in candidate) throw new OutcomeSignal(candidate);
    const node = this.#free.shift() ?? (await new Promise<number>((r) => this.#waiting.push(r)));
    const giveBack = () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(node);
      else next(node);
    };
    const subject = candidate.subjects[node];
    const [casualty] = candidate.casualties();
    if (subject === undefined || casualty !== undefined) {
      giveBack();
      t.blocked(casualty ?? `${plugin} is not on node ${node + 1}`);
    }
    // The first clean-up to be registered is the last to run: the others still use the node.
    t.cleanup(async () => giveBack());
    return subject;
  }

  leftByFirstUse(): readonly string[] {
    return [...this.#candidates.values()].flatMap((one) => ("kind" in one ? [] : one.left));
  }

  plugins(): readonly JudgedPlugin[] {
    const open = [...this.#candidates.values()].flatMap((one) => ("kind" in one ? [] : [one]));
    return open.flatMap(({ subjects: [subject] }) => {
      if (subject === undefined) return [];
      const { name, role = "interface", build, versions, claims = [] } = subject.plugin;
      const { executable } = subject;
      const found = { name, role, executable, versions, claims, profile: this.#profile };
      return [{ ...found, ...(build !== undefined && { build }) }];
    });
  }

  casualties(): readonly string[] {
    return [...this.#candidates.values()].flatMap((one) => ("kind" in one ? [] : one.casualties()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing[Symbol.asyncDispose]();
  }
}

/** On how many of the nodes these can be judged at the same time. */
export function sideBySide(installers: readonly Installer[], nodes: number): number {
  return installers.some(({ oneNode }) => oneNode) ? 1 : nodes;
}

function nodesOf({ nodes }: World): World["nodes"] {
  if (nodes.length === 0) throw new Error("Cannot judge a plugin: the world has no node");
  return nodes;
}

async function leftBy(world: World, work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = await restingSnapshot(world);
  await work();
  return snapshotDifference(before, await restingSnapshot(world));
}
