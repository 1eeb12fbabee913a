/**
 * `npm run planted-bugs [NAME…]`: switches each planted bug on, one at a time, and runs the faults and then random
 * sequences until one is found. Which case it was stands in fixtures/planted-bugs/found.json; without names only bugs
 * that have no row there are tried.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plantedBugs } from "../install/planted.ts";
import { repository } from "../install/product.ts";
import { type FoundRow, type FoundRows, foundFile, foundRows } from "./found-rows.ts";

/** in the order of their cost */
const hunts = [
  ["faults", "--sample", "pairwise", "--seed", "1"],
  ["property", "--steps", "2000", "--seed", "1"],
] as const;

function main(names: readonly string[]): number {
  const bugs = plantedBugs();
  const unknown = names.filter((name) => !bugs.some((bug) => bug.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`Cannot plant "${unknown.join(", ")}": there is no such bug\n`);
    return 2;
  }
  const known = foundRows();
  const chosen = bugs.filter(({ name }) =>
    names.length > 0 ? names.includes(name) : known[name] === undefined,
  );
  let lost = 0;
  for (const [index, { name, reason }] of chosen.entries()) {
    process.stdout.write(`[${index + 1}/${chosen.length}] ${name}: ${reason}\n`);
    const row = hunt(name);
    if (row === undefined) lost += 1;
    process.stdout.write(row ? `  found by ${row.check}: ${row.said}\n` : "  NOT FOUND\n");
    if (row !== undefined) keep({ ...foundRows(), [name]: row });
  }
  process.stdout.write(`${chosen.length - lost} of ${chosen.length} found\n`);
  return lost === 0 ? 0 : 1;
}

function hunt(name: string): FoundRow | undefined {
  const results = mkdtempSync(join(tmpdir(), "planted-bugs-"));
  try {
    for (const words of hunts) {
      const argv = ["run", ...words, "--plant", name, "--fail-fast", "--quiet"];
      const dnc = join(repository, "harness/dnc.mjs");
      const ran = spawnSync(process.execPath, [dnc, ...argv, "--results", results], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      // Ctrl-C reaches the run too, which cleans up.
      if (ran.signal !== null || ran.status === 130) throw new Error("interrupted");
      if (ran.status === 0) continue;
      const row = firstFailure(join(results, "latest/record.json"));
      if (row === undefined) throw new Error(`Cannot hunt "${name}": the run failed otherwise`);
      return row;
    }
    return undefined;
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** checks that the runner adds */
const consequences = ["open", "close", "processes", "leaks"];

/** Of a case itself. */
function firstFailure(path: string): FoundRow | undefined {
  const { checks } = JSON.parse(readFileSync(path, "utf8"));
  for (const { id, suite, outcome, message } of checks) {
    if (outcome !== "failed" || consequences.includes(id)) continue;
    return { check: `${suite}/${id}`, said: sameEachTime(String(message)) };
  }
  return undefined;
}

/** Container ids, generations and paths of saved sequences differ from run to run. */
function sameEachTime(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replace(/[0-9a-f]{64}/g, "ID").replace(/\b1[0-9]{12}\b/g, "GENERATION");
}

function keep(rows: FoundRows): void {
  const sorted = Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(foundFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

process.exitCode = main(process.argv.slice(2));
