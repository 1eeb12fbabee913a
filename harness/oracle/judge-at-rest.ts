/** Looks at a node until nothing is left to finish, bounded, and says what is still wrong then. */
import { sleep } from "../../impl/base/time.ts";
import type { Kernel } from "../../impl/netlink/kernel.ts";
import type { Node } from "../core/backend.ts";
import { judge } from "./judge.ts";
import type { Expectation, Key, NodeView, Violation } from "./oracle.ts";
import { readNode } from "./read-node.ts";

/** CHECK and traffic of one living attachment; each resolves with what is wrong, in one line. */
export interface Witness {
  readonly key: Key;
  check(): Promise<string | undefined>;
  reach(): Promise<string | undefined>;
}

export interface AtRest {
  readonly kernel: Kernel;
  readonly expectation: Omit<Expectation, "alive">;
  /** attachments that must live, and how to see it */
  readonly alive: readonly Witness[];
  /** until pending work is done: the product's own longest pause is 15 s; default 12,000 */
  readonly boundMs?: number;
  readonly signal?: AbortSignal;
}

export interface Judgement {
  readonly view: NodeView;
  readonly violations: readonly Violation[];
  readonly tookMs: number;
}

const firstPauseMs = 5;
const longestPauseMs = 100;

export async function judgeAtRest(node: Node, at: AtRest): Promise<Judgement> {
  const startedMs = performance.now();
  const { boundMs = 12_000, signal, alive, kernel } = at;
  const expectation = { ...at.expectation, alive: alive.map(({ key }) => key) };
  let pauseMs = firstPauseMs;
  for (;;) {
    const view = await readNode(node, kernel);
    const found = judge(view, expectation);
    const tookMs = performance.now() - startedMs;
    if (found.length === 0) {
      const violations = await listen(alive, { endMs: startedMs + boundMs, signal });
      return { view, violations, tookMs };
    }
    if (tookMs >= boundMs) return { view, violations: found, tookMs };
    await sleep(pauseMs, signal);
    pauseMs = Math.min(longestPauseMs, pauseMs * 2);
  }
}

interface Patience {
  readonly endMs: number;
  readonly signal: AbortSignal | undefined;
}

async function listen(
  alive: readonly Witness[],
  patience: Patience,
): Promise<readonly Violation[]> {
  const heard = await Promise.all(
    alive.map(async ({ key, check, reach }) => {
      const [checked, reached] = [await untilDecided(check, patience), await reach()];
      return [
        ...(checked === undefined ? [] : [`attachment ${key} fails CHECK: ${checked}`]),
        ...(reached === undefined ? [] : [`attachment ${key} has no traffic: ${reached}`]),
      ];
    }),
  );
  return heard.flat().map((message) => ({ invariant: "I4", message }));
}

/**
 * Asks again while the answer is code 11, "try again later": the DPU may have died moments ago, behind a link that was
 * cut, and the health that STATUS tells is as old as it may be.
 */
async function untilDecided(check: Witness["check"], { endMs, signal }: Patience) {
  for (;;) {
    const words = await check();
    if (words === undefined || !/\bcode 11\b/.test(words)) return words;
    if (performance.now() >= endMs) return words;
    await sleep(longestPauseMs, signal);
  }
}
