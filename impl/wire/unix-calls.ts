/** The two system calls that a unix socket needs beside Node's: who is at its other end, and a lock on its folder. */
import type { Socket } from "node:net";
import koffi, { type KoffiFunc } from "koffi";

const libc = koffi.load(null);

const c = {
  getsockopt: libc.func("int getsockopt(int, int, int, void *, void *)") as KoffiFunc<
    (fd: number, level: number, name: number, value: Uint8Array, length: Uint8Array) => number
  >,
  flock: libc.func("int flock(int, int)") as KoffiFunc<(fd: number, operation: number) => number>,
};

const solSocket = 1;
const soPeercred = 17;
const lockExclusive = 2;
const lockNonBlocking = 4;
const unlock = 8;

export interface PeerProcess {
  readonly pid: number;
  readonly uid: number;
}

/** unix(7), SO_PEERCRED: the process that connected, as it was then. Undefined where Node shows no descriptor. */
export function peerProcess(socket: Socket): PeerProcess | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined || fd < 0) return undefined;
  const value = Buffer.alloc(12);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  if (c.getsockopt(fd, solSocket, soPeercred, value, length) !== 0) return undefined;
  return { pid: value.readInt32LE(0), uid: value.readUInt32LE(4) };
}

/** flock(2), exclusive: false when another open file has it. Ends with the descriptor, whatever happens to us. */
export function tryLock(fd: number): boolean {
  return c.flock(fd, lockExclusive | lockNonBlocking) === 0;
}

export function releaseLock(fd: number): void {
  c.flock(fd, unlock);
}

/** Node keeps it to itself; it has been in this place since its beginnings. */
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const fd: unknown = Reflect.get(handle, "fd");
  return typeof fd === "number" ? fd : undefined;
}
