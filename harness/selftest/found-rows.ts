/** The table of planted bugs and what found each of them, as it is checked in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { repository } from "../install/product.ts";

export const foundFile = join(repository, "fixtures/planted-bugs/found.json");

const shape = z.record(
  z.string(),
  z.strictObject({
    /** `suite/check` */
    check: z.string(),
    /** the first line of what it said */
    said: z.string(),
  }),
);

export type FoundRows = z.infer<typeof shape>;
export type FoundRow = FoundRows[string];

export function foundRows(): FoundRows {
  if (!existsSync(foundFile)) return {};
  return shape.parse(JSON.parse(readFileSync(foundFile, "utf8")));
}
