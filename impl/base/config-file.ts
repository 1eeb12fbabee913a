/** Reads a YAML configuration file, and says in one line what is wrong with it and what to do. */
import { readFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import type { z } from "zod";
import { errnoOf } from "./errno.ts";
import { parseShape } from "./shape.ts";

export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export async function loadConfig<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await read(path);
  const shape = parseShape(schema, parseYaml(path, text));
  if (!shape.ok) {
    throw new ConfigError(
      `Cannot use configuration "${path}": ${shape.reason}; correct it and start again`,
    );
  }
  return shape.value;
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const state =
      errnoOf(cause) === "ENOENT"
        ? "there is no such file; give the right path with --config"
        : `${errnoOf(cause) ?? String(cause)}; make it a readable file`;
    throw new ConfigError(`Cannot read configuration "${path}": ${state}`, { cause });
  }
}

function parseYaml(path: string, text: string): unknown {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  try {
    if (problem === undefined) return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw notYaml(path, String(cause instanceof Error ? cause.message : cause), cause);
  }
  throw notYaml(path, problem.message, problem);
}

function notYaml(path: string, message: string, cause: unknown): ConfigError {
  const line = (message.split("\n")[0] ?? message).replace(/:$/, "");
  return new ConfigError(
    `Cannot read configuration "${path}": it is not YAML: ${line}; correct it and start again`,
    { cause },
  );
}
