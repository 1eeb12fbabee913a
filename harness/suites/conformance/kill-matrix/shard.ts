/**
 * One lane of the full matrix in a process of its own: reads mutants' names, a line each, and writes for each what it tripped,
 * a line of JSON. Few lanes in one process would wait for it to fork.
 */
import { createInterface } from "node:readline";
import { allMutations } from "../../../../fixtures/plugins/mutations/all.ts";
import { Laboratory } from "./laboratory.ts";
import { rowOf } from "./matrix-file.ts";
import { scopeOf } from "./scope.ts";

await using laboratory = await Laboratory.open(1);
if (laboratory.slowBecause !== undefined) throw new Error(laboratory.slowBecause);
for await (const name of createInterface({ input: process.stdin })) {
  const mutation = allMutations.find((one) => one.name === name);
  if (mutation === undefined) throw new Error(`Cannot judge "${name}": there is no such mutant`);
  const { part = "interface" } = mutation;
  const { checks } = scopeOf(mutation);
  const startMs = performance.now();
  await laboratory.judge([{ mutation, part, checks }], (_job, trips) => {
    const failures = [...trips].filter(([, { failed = [] }]) => failed.length > 0);
    const messages = Object.fromEntries(failures.map(([id, { message }]) => [id, message]));
    const durationMs = Math.round(performance.now() - startMs);
    process.stdout.write(`${JSON.stringify({ trips: rowOf(trips), messages, durationMs })}\n`);
  });
}
