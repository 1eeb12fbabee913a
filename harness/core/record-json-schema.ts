/** record.schema.json as text, made from the schema in record.ts; `node --import tsx` this file to write it anew. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { runRecordSchema } from "./record.ts";

export const recordSchemaPath = fileURLToPath(new URL("record.schema.json", import.meta.url));

export function recordJsonSchema(): string {
  const schema = z.toJSONSchema(runRecordSchema, { io: "output", reused: "inline" });
  return `${JSON.stringify({ ...schema, title: "The record of a dnc run" }, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(recordSchemaPath, recordJsonSchema());
}
