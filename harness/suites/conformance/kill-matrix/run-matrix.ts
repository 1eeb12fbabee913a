/** Judges what the kill matrix still lacks, writes each row as it ends, and says on stdout how far it is. */

import { type KillMatrix, readMatrix, withVerdicts, writeMatrix } from "./matrix-file.ts";
import { judgeInShards, type Order } from "./shards.ts";

export async function runMatrix(options: {
  readonly shards: number;
  /** only mutants whose name contains this */
  readonly only: string;
  /** forgets what is known */
  readonly anew: boolean;
}): Promise<void> {
  const { shards, only, anew } = options;
  const { checks, mutants } = readMatrix();
  const all = Object.keys(checks);
  const chosen = Object.keys(mutants).filter((name) => name.includes(only));
  const current: KillMatrix = { checks, mutants };
  for (const name of anew ? chosen : []) {
    const row = mutants[name];
    if (row !== undefined)
      mutants[name] = { ...row, pending: all.join(" "), blocked: {}, trips: {} };
  }
  const orders = chosen.flatMap((name): readonly Order[] => {
    const pending = mutants[name]?.pending;
    return pending === undefined ? [] : [{ name, ids: pending.split(" ") }];
  });
  writeMatrix(current);
  // The longest first: none is to run alone at the end.
  const queue = orders.toSorted((a, b) => b.ids.length - a.ids.length);
  const total = queue.reduce((sum, { ids }) => sum + ids.length, 0);
  const startMs = performance.now();
  let cells = 0;
  let rows = 0;
  say(`${total} verdicts of ${queue.length} mutants, in ${shards} processes`);
  await judgeInShards(queue, shards, ({ name, ids }, trips) => {
    const row = mutants[name];
    if (row === undefined) return;
    mutants[name] = withVerdicts(row, trips);
    writeMatrix(current);
    rows += 1;
    cells += ids.length;
    const leftMinutes = ((performance.now() - startMs) / cells) * ((total - cells) / 60_000);
    const { trips: seen = {}, pending } = mutants[name] ?? {};
    const unsure = pending === undefined ? "" : `, never the same twice: ${pending}`;
    const tripped = Object.keys(seen).join(" ") || "nothing";
    say(
      `${rows}/${queue.length} ${name} trips ${tripped}${unsure}; about ${leftMinutes.toFixed(0)} min left`,
    );
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
