/** Prints the kill matrix for a person: each mutant, what is broken in it, which checks it trips and what they say. */
import { allMutations } from "../../../../fixtures/plugins/mutations/all.ts";
import { readMatrix } from "./matrix-file.ts";

const words = process.argv.slice(2);
const { mutants } = readMatrix();
for (const { name, broken, meant } of allMutations) {
  const { trips = {}, blocked = {}, pending } = mutants[name] ?? {};
  const text = [name, ...Object.keys(trips)].join(" ");
  if (words.length > 0 && !words.some((word) => text.includes(word))) continue;
  const lines = [
    `${name}: ${broken}`,
    ...Object.entries(trips).map(([id, { by, message }]) => {
      const whose = by === "all" ? "" : ` (by ${by})`;
      return `  ${id}${whose}${meant.includes(id) ? "" : " UNEXPECTED"}: ${message}`;
    }),
    ...meant.filter((id) => trips[id] === undefined).map((id) => `  ${id} DOES NOT NOTICE IT`),
    ...Object.entries(blocked).map(([id, why]) => `  ${id} not judged, ${why}`),
    ...(pending === undefined ? [] : [`  still to be judged: ${pending}`]),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
