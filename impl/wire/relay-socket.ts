/** The daemon's unix socket as a file: taken over from a dead daemon, never from a live one, and removed again. */
import { constants } from "node:fs";
import { chmod, type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { connect, type Server } from "node:net";
import { basename, dirname, join } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { sleep } from "../base/time.ts";
import { releaseLock, tryLock } from "./unix-calls.ts";

export interface RelaySocket {
  /** Stops listening; removes the file unless a later daemon has put its own there. */
  close(): Promise<void>;
}

/** A daemon that is alive but stopped still accepts: the kernel does it. */
const probeTimeoutMs = 2_000;
/** longer than a start takes between its lock and its release */
const lockTimeoutMs = 5_000;

/**
 * Makes `server` listen at `path`: mode 0600, its directory made 0700 when it is missing. The socket is renamed into
 * place, so the path always leads to somebody. The directory is reached through its descriptor, since a path may be
 * longer than the 107 bytes of sun_path.
 */
export async function listenAt(server: Server, path: string): Promise<RelaySocket> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const folder = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await lock(folder, path);
    const short = (name: string) => `/proc/self/fd/${folder.fd}/${name}`;
    if (await isAnswered(short(basename(path)))) {
      throw new Error(
        `Cannot listen on "${path}": another daemon answers there; stop it first, or configure another socket`,
      );
    }
    const temporary = `.relay-${process.pid}`;
    await rm(join(directory, temporary), { force: true });
    await listen(server, short(temporary));
    await chmod(join(directory, temporary), 0o600);
    const { ino } = await lstat(join(directory, temporary));
    await rename(join(directory, temporary), path);
    releaseLock(folder.fd);
    return { close: () => closeAt(server, folder, { path, ino }) };
  } catch (error) {
    server.close();
    await folder.close();
    throw error;
  }
}

/** From the look whether somebody is there until our socket is: two that start at once must not both see nobody. */
async function lock(folder: FileHandle, path: string): Promise<void> {
  const end = performance.now() + lockTimeoutMs;
  while (!tryLock(folder.fd)) {
    if (performance.now() >= end) {
      throw new Error(
        `Cannot listen on "${path}": another daemon has been starting there for ${lockTimeoutMs} ms; stop it first`,
      );
    }
    await sleep(20);
  }
}

async function closeAt(
  server: Server,
  folder: FileHandle,
  ours: { readonly path: string; readonly ino: number },
): Promise<void> {
  // Asked while our socket still holds its inode: the number cannot be a later socket's.
  const there = await lstat(ours.path).catch(() => undefined);
  server.close();
  if (there?.ino === ours.ino) await rm(ours.path, { force: true });
  await folder.close();
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path, backlog: 1024 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Refused or absent: nobody. Anything else, a full backlog included, is somebody. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(probeTimeoutMs, () => settle(true));
    socket.once("connect", () => settle(true));
    socket.once("error", (error) =>
      settle(!["ENOENT", "ECONNREFUSED", "ENOTSOCK"].includes(errnoOf(error) ?? "")),
    );
  });
}
