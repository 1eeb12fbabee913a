/** The runtime's own memory: the final result of each attachment, one file per (network, container id, ifname) (RT-08). */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Attachment } from "./attachment.ts";

/** With what its ADD was given, so that GC can undo it without being asked by anybody who knows. */
export interface CachedAttachment extends Attachment {
  readonly network: string;
  readonly result: unknown;
}

const shape = z.object({
  network: z.string(),
  containerId: z.string(),
  ifname: z.string(),
  netns: z.string(),
  cniArgs: z.record(z.string(), z.string()).exactOptional(),
  capabilityArguments: z.record(z.string(), z.unknown()).exactOptional(),
  result: z.unknown(),
});

export interface ResultCache {
  put(attachment: CachedAttachment): Promise<void>;
  /** undefined when there is none */
  get(
    key: Pick<CachedAttachment, "network" | "containerId" | "ifname">,
  ): Promise<CachedAttachment | "damaged" | undefined>;
  remove(key: Pick<CachedAttachment, "network" | "containerId" | "ifname">): Promise<void>;
  list(network: string): Promise<readonly CachedAttachment[]>;
}

export function openResultCache(directory: string): ResultCache {
  // Every part keeps the name grammar, in which there is no "," and no "/".
  const fileOf = (key: Pick<CachedAttachment, "network" | "containerId" | "ifname">) =>
    join(directory, `${[key.network, key.containerId, key.ifname].join(",").slice(0, 240)}.json`);
  const read = async (path: string) => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) return undefined;
    const parsed = shape.safeParse(parseJson(text));
    return parsed.success ? { ...parsed.data, result: parsed.data.result } : "damaged";
  };
  return {
    async put(attachment) {
      await mkdir(directory, { recursive: true });
      const path = fileOf(attachment);
      await writeFile(`${path}.new`, JSON.stringify(attachment));
      await rename(`${path}.new`, path);
    },
    get: (key) => read(fileOf(key)),
    remove: (key) => rm(fileOf(key), { force: true }),
    async list(network) {
      const names = await readdir(directory).catch(() => []);
      const files = names.filter(
        (name) => name.startsWith(`${network},`) && name.endsWith(".json"),
      );
      const all = await Promise.all(files.sort().map((name) => read(join(directory, name))));
      return all.flatMap((one) => (one === undefined || one === "damaged" ? [] : [one]));
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
