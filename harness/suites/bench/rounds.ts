/** Interleaved rounds: every contender once a round, in an order drawn anew, with the first rounds thrown away. */
import { randomFrom, shuffled } from "../../figures/random.ts";

/** samples by contender, and by what was measured of it, in the order of the rounds */
export type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

export interface RoundsOptions {
  /** those that count */
  readonly rounds: number;
  readonly warmUp: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Before each round that counts. */
  readonly beforeRound?: () => void;
}

export async function interleave<C extends { readonly name: string }>(
  contenders: readonly C[],
  options: RoundsOptions,
  measure: (contender: C, round: number) => Promise<Readonly<Record<string, number>>>,
): Promise<Samples> {
  const { rounds, warmUp, seed, signal, beforeRound } = options;
  const random = randomFrom(seed);
  const samples = new Map(contenders.map(({ name }) => [name, new Map<string, number[]>()]));
  for (let round = -warmUp; round < rounds; round += 1) {
    if (round >= 0) beforeRound?.();
    for (const contender of shuffled(contenders, random)) {
      signal.throwIfAborted();
      const measured = await measure(contender, round);
      if (round < 0) continue;
      const own = samples.get(contender.name);
      for (const [what, value] of Object.entries(measured)) {
        const known = own?.get(what);
        if (known === undefined) own?.set(what, [value]);
        else known.push(value);
      }
    }
  }
  return samples;
}

export function samplesOf(samples: Samples, contender: string, what: string): readonly number[] {
  return samples.get(contender)?.get(what) ?? [];
}
