/**
 * Asks the running daemon and agent what they hold, on the unix sockets behind their `inventory` commands: a hundred
 * times quicker than running the commands. One that is away, hangs or does not know the question gives undefined.
 */
import { connect } from "node:net";
import { z } from "zod";
import type { DpuWord, HostWord } from "./oracle.ts";

const answerMs = 1_000;

const owner = z
  .object({ network: z.string(), containerId: z.string(), ifname: z.string() })
  .transform(({ network, containerId, ifname }) => `${network}/${containerId}/${ifname}`);
const held = { owner, phase: z.string(), generation: z.number() };

const hostInventory = z.object({
  pool: z.object({
    ...{ size: z.number(), free: z.number(), used: z.number(), quarantined: z.number() },
  }),
  attachments: z.array(z.object({ ...held, vf: z.string() })),
  vfs: z.array(z.object({ pciAddress: z.string(), state: z.string() })),
});

const agentInventory = z.object({
  ports: z.array(z.object({ ...held, vf: z.object({ pf: z.number(), index: z.number() }) })),
  quarantined: z.array(z.object({ address: z.string() })),
  freeAddresses: z.object({ ipv4: z.number() }).optional(),
});

export async function askDaemon(socket: string): Promise<HostWord | undefined> {
  const read = hostInventory.safeParse(await ask(socket));
  if (!read.success) return undefined;
  const { pool, attachments, vfs } = read.data;
  const free = vfs.filter(({ state }) => state === "free").map(({ pciAddress }) => pciAddress);
  const lines = attachments.map(({ owner, phase, generation, vf }) => {
    return `${owner} ${phase} ${generation} ${vf}`;
  });
  return { pool, attachments: lines.sort(), free };
}

export async function askAgent(socket: string): Promise<DpuWord | undefined> {
  const read = agentInventory.safeParse(await ask(socket));
  if (!read.success) return undefined;
  const { ports, quarantined, freeAddresses } = read.data;
  const lines = ports.map(({ owner, phase, generation, vf }) => {
    return `${owner} ${phase} ${generation} ${vf.pf}/${vf.index}`;
  });
  return {
    ports: lines.sort(),
    quarantined: quarantined.map(({ address }) => address).sort(),
    ...(freeAddresses && { freeIpv4: freeAddresses.ipv4 }),
  };
}

/** The wire of the relay: a greeting and variables, each with its NUL; back come three numbers, a line end, stdout. */
function ask(path: string): Promise<unknown> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(path);
    const end = (value: unknown) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(answerMs, () => end(undefined));
    socket.on("error", () => end(undefined));
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    socket.on("end", () => end(parse(Buffer.concat(chunks).toString())));
    socket.end("OFFLOAD-CNI 1\0CNI_OFFLOAD_ASK=inventory\0\0");
  });
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer.slice(answer.indexOf("\n") + 1));
  } catch {
    return undefined;
  }
}
