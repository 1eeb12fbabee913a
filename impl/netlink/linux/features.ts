/** `ethtool -k` and `-K`: offload features of a link, by the ioctl every kernel has (linux/ethtool.h). */
import { invalid, isErrno } from "../netlink-error.ts";
import { linkIndex } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

/** ETHTOOL_GFEATURES, ETHTOOL_SFEATURES */
const getFeatures = 0x3a;
const setFeatures = 0x3b;
/** cmd and size */
const headLength = 8;
/** available, requested, active, never changed */
const blockLength = 16;
const mostBlocks = 8;

interface Block {
  readonly available: number;
  readonly requested: number;
}

function read(socket: RequestSocket, link: string, words: () => string): readonly Block[] {
  // The ioctl knows no alternative names, and says ENODEV as netlink does.
  linkIndex(socket, link, words);
  const command = Buffer.alloc(headLength + mostBlocks * blockLength);
  command.writeUInt32LE(getFeatures, 0);
  command.writeUInt32LE(mostBlocks, 4);
  try {
    socket.ethtool(link, command, words);
  } catch (error) {
    if (isErrno(error, "EOPNOTSUPP")) return [];
    throw error;
  }
  return Array.from({ length: Math.min(mostBlocks, command.readUInt32LE(4)) }, (_, i) => {
    const at = headLength + i * blockLength;
    return { available: command.readUInt32LE(at), requested: command.readUInt32LE(at + 4) };
  });
}

export function listFeatures(socket: RequestSocket, link: string): string {
  return read(socket, link, () => `ethtool -k ${link}`)
    .map(({ available, requested }) => (available & requested) >>> 0)
    .map((word) => word.toString(16))
    .join(" ");
}

export function changeFeatures(socket: RequestSocket, link: string, features: string): void {
  const words = () => `ethtool -K ${link} features ${features}`;
  const blocks = read(socket, link, words);
  const wanted =
    features === "" ? [] : features.split(" ").map((word) => Number.parseInt(word, 16));
  if (wanted.length !== blocks.length || wanted.some(Number.isNaN)) {
    throw invalid(words(), `expected ${blocks.length} words of hex`);
  }
  if (blocks.length === 0) return;
  const command = Buffer.alloc(headLength + blocks.length * 8);
  command.writeUInt32LE(setFeatures, 0);
  command.writeUInt32LE(blocks.length, 4);
  for (const [i, { available }] of blocks.entries()) {
    command.writeUInt32LE(available, headLength + i * 8);
    command.writeUInt32LE((available & (wanted[i] ?? 0)) >>> 0, headLength + i * 8 + 4);
  }
  socket.ethtool(link, command, words);
}
