/** Reads a target file and what it names beside it; everything wrong costs one line: which file, which key, what to do. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { errnoOf } from "../../impl/base/errno.ts";
import { parseShape } from "../../impl/base/shape.ts";
import { UsageError } from "../core/usage-error.ts";
import { type KnownFindings, knownFindingsSchema } from "./known-findings.ts";
import { builtInTargetSchema, foreignTargetSchema, type TargetFile } from "./target.ts";

const shipped = fileURLToPath(new URL(".", import.meta.url));

export interface LoadedTarget {
  readonly file: TargetFile;
  /** absolute; relative paths in the file start here */
  readonly directory: string;
  readonly known: KnownFindings | undefined;
}

/** The names that --target knows without a path. */
export function shippedTargets(): readonly string[] {
  const files = readdirSync(shipped).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => file.slice(0, -".yaml".length)).sort();
}

/** @param word a path, or the name of a shipped target */
export function loadTarget(word: string): LoadedTarget {
  const isPath = word.includes("/") || /\.ya?ml$/.test(word);
  if (!isPath && !shippedTargets().includes(word)) {
    const names = shippedTargets().join(", ");
    throw new UsageError(
      `Cannot find the target ${JSON.stringify(word)}: there are ${names}, or give a file's path`,
    );
  }
  const path = isPath ? resolve(word) : join(shipped, `${word}.yaml`);
  const value = readYaml(path, isPath ? word : path);
  // By the key, so that an error is about the kind of target that was meant.
  const isBuiltIn = typeof value === "object" && value !== null && "builtIn" in value;
  const file: TargetFile = isBuiltIn
    ? shapeOf(builtInTargetSchema, value, word)
    : shapeOf(foreignTargetSchema, value, word);
  const directory = dirname(path);
  const known = file.known === undefined ? undefined : readKnown(join(directory, file.known));
  return { file, directory, known };
}

function readKnown(path: string): KnownFindings {
  return shapeOf(knownFindingsSchema, readYaml(path, path), path);
}

export function shapeOf<T>(schema: z.ZodType<T>, value: unknown, shown: string): T {
  const shape = parseShape(schema, value);
  if (shape.ok) return shape.value;
  throw new UsageError(`Cannot use ${JSON.stringify(shown)}: ${shape.reason}; correct it there`);
}

/** JSON is YAML too. */
export function readYaml(path: string, shown: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const why = errnoOf(error) === "ENOENT" ? "there is no such file" : String(errnoOf(error));
    throw new UsageError(`Cannot read ${JSON.stringify(shown)}: ${why}; give a readable file`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  const [problem] = document.errors;
  if (problem === undefined) return document.toJS({ maxAliasCount: 100 });
  const [line = ""] = problem.message.split("\n");
  throw new UsageError(
    `Cannot read ${JSON.stringify(shown)}: ${line.replace(/:$/, "")}; correct it there`,
  );
}
