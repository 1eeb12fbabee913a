/** Reads what the two daemons keep on disk about attachments and ports, as a person at the node would. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { AttachmentView, PortView } from "./oracle.ts";

const key = z
  .object({ network: z.string(), containerId: z.string(), ifname: z.string() })
  .transform(({ network, containerId, ifname }) => `${network}/${containerId}/${ifname}`);

const setting = z.object({
  addresses: z.array(z.object({ address: z.string() })),
  mac: z.string(),
});

const routes = z.array(z.object({ dst: z.string(), gw: z.string().optional() }));

const attachment = z.object({
  key,
  phase: z.string(),
  generation: z.number(),
  vf: z.object({ pciAddress: z.string(), pristine: z.object({ address: z.string() }) }),
  mac: z.string().optional(),
  netns: z.string(),
  port: setting.extend({ routes }).optional(),
});

const port = z.object({
  key,
  phase: z.string(),
  generation: z.number(),
  vf: z.object({ pf: z.number(), index: z.number() }),
  representor: z.string(),
  setting,
});

export interface Records<T> {
  readonly records: readonly T[];
  /** names of files that were set aside */
  readonly damaged: readonly string[];
}

export async function attachmentRecords(stateDir: string): Promise<Records<AttachmentView>> {
  const { read, damaged } = await readFolder(join(stateDir, "attachments"), attachment);
  const records = read.map(({ vf, port, mac, ...rest }) => ({
    ...rest,
    pciAddress: vf.pciAddress,
    addresses: (port?.addresses ?? []).map(({ address }) => address).sort(),
    routes: (port?.routes ?? []).map(({ dst, gw }) =>
      gw === undefined ? dst : `${dst} via ${gw}`,
    ),
    mac: port?.mac ?? mac ?? vf.pristine.address,
  }));
  return { records, damaged };
}

export async function portRecords(stateDir: string): Promise<Records<PortView>> {
  const { read, damaged } = await readFolder(join(stateDir, "ports"), port);
  const records = read.map(({ vf, setting, ...rest }) => ({
    ...rest,
    vf: `${vf.pf}/${vf.index}`,
    addresses: setting.addresses.map(({ address }) => address).sort(),
    mac: setting.mac,
  }));
  return { records, damaged };
}

/** A file that goes away while it is read was no record any more. */
async function readFolder<T extends { readonly key: string }>(
  folder: string,
  shape: z.ZodType<T>,
): Promise<{ readonly read: readonly T[]; readonly damaged: readonly string[] }> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const read: T[] = [];
  const damaged = names.filter((name) => name.includes(".damaged-"));
  for (const name of names.filter((one) => one.endsWith(".json"))) {
    const text = await readFile(join(folder, name), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const parsed = shape.safeParse(recordIn(text));
    if (parsed.success) read.push(parsed.data);
    else damaged.push(name);
  }
  return { read: read.sort((a, b) => (a.key < b.key ? -1 : 1)), damaged: damaged.sort() };
}

function recordIn(text: string): unknown {
  try {
    const file: unknown = JSON.parse(text);
    const wrapped = z.object({ record: z.unknown() }).safeParse(file);
    return wrapped.success ? wrapped.data.record : file;
  } catch {
    return undefined;
  }
}
