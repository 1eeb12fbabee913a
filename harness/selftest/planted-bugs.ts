/**
 * `npm run planted-bugs [NAME…]`: switches planted bugs on, one at a time (all without names), and runs the case that
 * found it before, then the faults, then random sequences, until it is found. Which case that was, and what it said, is
 * written to fixtures/planted-bugs/found.json.
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
  ["hostile", "--seed", "1"],
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
  const chosen = bugs.filter(({ name }) => names.length === 0 || names.includes(name));
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
    for (const words of [...again(foundRows()[name]), ...hunts]) {
      const argv = ["run", ...words, "--plant", name, "--fail-fast", "--quiet"];
      const dnc = join(repository, "harness/dnc.mjs");
      const ran = spawnSync(process.execPath, [dnc, ...argv, "--results", results], {
        stdio: ["ignore", "inherit", "inherit"],
      });
      // Ctrl-C reaches the run too, which cleans up.
      if (ran.signal !== null || ran.status === 130) throw new Error("planted-bugs: interrupted");
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

/** The one case that found it before; a sequence is found by seed and steps, not by its check. */
function again(row: FoundRow | undefined): readonly (readonly string[])[] {
  const [suite = ""] = row?.check.split("/") ?? [];
  if (row === undefined || !["faults", "hostile"].includes(suite)) return [];
  const nodes = suite === "faults" ? ["--nodes", "1"] : [];
  return [[suite, ...nodes, "--test", `^${row.check}$`]];
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

/** Container ids, generations and names of worlds differ from run to run. */
function sameEachTime(message: string): string {
  const [line = ""] = message.split("\n");
  return line
    .replace(/[0-9a-f]{64}/g, "ID")
    .replace(/\b1[0-9]{12}\b/g, "GENERATION")
    .replace(/dnc-[0-9a-f]{4}/g, "WORLD");
}

function keep(rows: FoundRows): void {
  const sorted = Object.fromEntries(Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(foundFile, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

// Ctrl-C reaches the run, which cleans up and ends with 130; then this ends too, and tidily.
process.on("SIGINT", () => {});
try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 130;
}
