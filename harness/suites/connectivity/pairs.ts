/** Which pods talk to which, and how one exchange that failed becomes a sentence that names the broken piece. */
import type { Node } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Exchange, Workload } from "../../workload/client.ts";
import { diagnose } from "./diagnose.ts";
import { addressOf, type Member, type Newcomer, type Population } from "./population.ts";

export const families = [4, 6] as const;
export type Family = (typeof families)[number];

export const scopes = ["same-node", "across-nodes"] as const;
export type Scope = (typeof scopes)[number];

export interface Pair {
  readonly from: Member;
  readonly to: Member;
}

/** The attached pods; the check is blocked when an ADD failed, since that is said elsewhere. */
export function attached(population: Population, t: CheckContext): readonly Member[] {
  const [casualty] = population.casualties?.() ?? [];
  if (casualty !== undefined) t.blocked(casualty);
  const { arrivals } = population;
  const members = arrivals.flatMap(({ member }) => (member?.result === undefined ? [] : [member]));
  if (members.length < arrivals.length) {
    const without = arrivals.filter(({ member }) => member?.result === undefined);
    t.blocked(
      `${without.map(({ name }) => name).join(", ")} could not be attached (see parallel-add)`,
    );
  }
  return members;
}

/** One more pod on the first node, not attached yet, gone at the end of the check. */
export async function onePodMore(
  population: Population,
  t: CheckContext,
  name: string,
): Promise<Newcomer> {
  const [node] = population.world.nodes;
  t.must(node, "there should be a node");
  const taken = population.arrivals.filter((one) => one.node === node).length;
  const { length } = node.card.vfs;
  if (taken >= length)
    t.skip(`all ${length} VFs of ${node.name} are taken: raise --vfs or lower --pods`);
  const one = await population.newcomer(node, `${node.name}-${name}`);
  t.cleanup(async () => one[Symbol.asyncDispose]());
  return one;
}

/** Attaches it, and fails the check unless that succeeds. */
export async function mustAttach(t: CheckContext, one: Newcomer, which = ""): Promise<Member> {
  const { added, member } = await one.attach();
  if (!added.ok) for (const evidence of added.evidence) t.evidence(evidence);
  const word = which === "" ? "ADD" : `${which} ADD`;
  t.must(
    member !== undefined,
    `the ${word} of pod ${one.name} should succeed: ${added.ok || added.msg}`,
  );
  return member;
}

export async function mustDetach(t: CheckContext, one: Newcomer): Promise<void> {
  const detached = await one.detach();
  if (detached.ok) return;
  for (const evidence of detached.evidence) t.evidence(evidence);
  t.fail(`DEL of pod ${one.name} should succeed: ${detached.msg}`);
}

/** Every ordered pair of pods on one node, or on two. */
export function allPairs(members: readonly Member[], scope: Scope): readonly Pair[] {
  return members.flatMap((from) =>
    members
      .filter((to) => to !== from && (to.node === from.node) === (scope === "same-node"))
      .map((to) => ({ from, to })),
  );
}

/** One pair per pod: enough where what matters is the path and not the peer. */
export function onePairEach(members: readonly Member[], scope: Scope): readonly Pair[] {
  const seen = new Set<Member>();
  return allPairs(members, scope).filter(({ from }) => !seen.has(from) && seen.add(from));
}

export interface Attempt {
  readonly from: { readonly name: string; readonly workload: Workload; readonly at: Member | Node };
  readonly to: Member;
  readonly family: Family;
}

export function podAttempt({ from, to }: Pair, family: Family): Attempt {
  return { from: { name: `pod ${from.name}`, workload: from.workload, at: from }, to, family };
}

export function skipNoPairs(t: CheckContext): never {
  return t.skip("there is no such pair of pods: raise --pods or --nodes");
}

/** Runs all at once. Fails the check with the first failure diagnosed, and logs the others. */
export async function mustReach(
  t: CheckContext,
  attempts: readonly Attempt[],
  exchange: (attempt: Attempt, target: { host: string; seed: number }) => Promise<Exchange>,
): Promise<void> {
  if (attempts.length === 0) skipNoPairs(t);
  const results = await Promise.all(
    attempts.map(async (attempt, i) => {
      const host = addressOf(attempt.to, attempt.family);
      const missing = `no IPv${attempt.family} address in the result of pod ${attempt.to.name}`;
      const done: Exchange =
        host === undefined
          ? { ok: false, phase: "address", reason: missing }
          : await exchange(attempt, { host, seed: t.seed + i });
      return { attempt, host, done };
    }),
  );
  const sentences = results.flatMap(({ attempt, host, done }) =>
    done.ok ? [] : [{ attempt, text: sentence(attempt, host, done) }],
  );
  const [first] = sentences;
  if (first === undefined) return;
  for (const { text } of sentences) t.log(text);
  const { from, to, family } = first.attempt;
  const causes = await diagnose(t, { from: from.at, to, family });
  const more = sentences.length > 1 ? `; ${sentences.length} of ${attempts.length} pairs fail` : "";
  t.fail(`${[first.text, ...causes].join("; ")}${more}`);
}

function sentence(
  attempt: Attempt,
  host: string | undefined,
  done: Exchange & { ok: false },
): string {
  const { from, to } = attempt;
  return `${from.name} cannot reach ${host ?? "any address"} of pod ${to.name}: ${done.phase}: ${done.reason}`;
}
