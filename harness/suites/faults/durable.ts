/** The state of a node as a power cut leaves it: kept by durable-image.mjs inside the product's processes, put in place here. */
import { existsSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

const preload = new URL("./durable-image.mjs", import.meta.url).href;

export interface DurableImage {
  /** folders whose files are followed */
  readonly bases: readonly string[];
  readonly image: string;
}

/** What the processes must find in their environment. */
export function durableVariables({ bases, image }: DurableImage): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${preload}`,
    DNC_DURABLE_BASES: bases.join(":"),
    DNC_DURABLE_IMAGE: image,
  };
}

/** Call it when the processes are dead. Throws when they have kept no image: then a power cut would be none. */
export async function fallBack({ bases, image }: DurableImage): Promise<void> {
  if (!existsSync(image)) {
    throw new Error(`Cannot cut the power: the processes have kept no image in "${image}"`);
  }
  for (const base of bases) {
    await rm(base, { recursive: true, force: true });
    await mkdir(base, { recursive: true, mode: 0o700 });
    const kept = join(image, base);
    if (existsSync(kept)) await cp(kept, base, { recursive: true });
  }
}
