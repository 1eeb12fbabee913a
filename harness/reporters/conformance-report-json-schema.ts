/** conformance-report.schema.json as text, made from the schema; `node --import tsx` this file to write it anew. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { conformanceReportSchema } from "./conformance-report.ts";

export const conformanceReportSchemaPath = fileURLToPath(
  new URL("conformance-report.schema.json", import.meta.url),
);

export function conformanceReportJsonSchema(): string {
  const schema = z.toJSONSchema(conformanceReportSchema, { io: "output", reused: "inline" });
  return `${JSON.stringify({ ...schema, title: "The conformance report of a CNI plugin" }, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeFile(conformanceReportSchemaPath, conformanceReportJsonSchema());
}
