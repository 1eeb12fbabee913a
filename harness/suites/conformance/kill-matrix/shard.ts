/**
 * One lane of the full matrix in a process of its own: reads orders, a line of JSON each (a mutant's name and the ids to run it
 * under), and writes for each what came of it, a line of JSON.
 */
import { createInterface } from "node:readline";
import { allMutations } from "../../../../fixtures/plugins/mutations/all.ts";
import { catalogue } from "../catalogue.ts";
import { Laboratory } from "./laboratory.ts";
import { order } from "./shards.ts";

await using laboratory = await Laboratory.open(1);
if (laboratory.slowBecause !== undefined) throw new Error(laboratory.slowBecause);
for await (const line of createInterface({ input: process.stdin })) {
  const { name, ids } = order.parse(JSON.parse(line));
  const mutation = allMutations.find((one) => one.name === name);
  if (mutation === undefined) throw new Error(`Cannot judge "${name}": there is no such mutant`);
  const { part = "interface", meant } = mutation;
  const wanted = catalogue.filter(({ id }) => ids.includes(id));
  // Those that are meant first: a defect that spoils the plugin's memory may spoil the others.
  const rank = (id: string) => (meant.includes(id) ? 0 : 1);
  const checks = wanted.toSorted((a, b) => rank(a.id) - rank(b.id));
  await laboratory.judge([{ mutation, part, checks, isSteady: true }], (_job, trips) => {
    process.stdout.write(`${JSON.stringify([...trips])}\n`);
  });
}
