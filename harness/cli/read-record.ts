/** Reads a record that a run left, given by its file, its run's folder, or the word `latest`. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type RunRecord, runRecordSchema } from "../core/record.ts";
import { UsageError } from "../core/usage-error.ts";

export async function readRecord(word: string): Promise<RunRecord> {
  const given = word === "latest" ? join("results", "latest") : word;
  const refused = (state: string) =>
    new UsageError(`Cannot read the record ${JSON.stringify(word)}: ${state}`);
  const found = await stat(given).catch(() => {
    throw refused("there is no such file (give a record.json or the folder of a run)");
  });
  const path = found.isDirectory() ? join(given, "record.json") : given;
  const text = await readFile(path, "utf8").catch(() => {
    throw refused(`${path} cannot be read`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`${path} is not JSON`);
  }
  const record = runRecordSchema.safeParse(value);
  if (record.success) return record.data;
  throw refused(`it is no record of a run: ${oneLine(z.prettifyError(record.error))}`);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").slice(0, 200);
}
