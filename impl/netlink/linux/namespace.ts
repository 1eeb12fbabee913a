/** Namespaces as file descriptors, and the synchronous turn inside one. */
import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import { errnoOf } from "../../base/errno.ts";
import { errnoName } from "../errno-name.ts";
import { refused } from "../refused.ts";
import { cloneNewnet, namespaceType, setNetns } from "./syscall.ts";

/** A held network namespace: the descriptor keeps it alive. */
export interface Namespace {
  readonly fd: number;
  /** `device:inode` */
  readonly id: string;
}

export const ownPath = "/proc/thread-self/ns/net";

/** Opens the namespace at `path`. ENOENT: no such path. EINVAL: it is no network namespace. */
export function openNamespace(path: string): Namespace {
  const command = `open network namespace "${path}"`;
  let fd: number;
  try {
    // Non-blocking: a FIFO at the path must not hang the process.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refused(errnoOf(error) ?? "EIO", command);
  }
  const stat = fstatSync(fd, { bigint: true });
  // A namespace looks like a regular file; asking anything else (a device) could have effects.
  if (!stat.isFile() || namespaceType(fd) !== cloneNewnet) {
    closeSync(fd);
    throw refused("EINVAL", command, "it is not a network namespace");
  }
  return { fd, id: `${stat.dev}:${stat.ino}` };
}

let home: Namespace | undefined;

/** The namespace this thread started in; held for the life of the process. */
export function ownNamespace(): Namespace {
  home ??= openNamespace(ownPath);
  return home;
}

/**
 * Runs `work` with this thread inside `target`. It is synchronous on purpose: no other code of the process runs
 * meanwhile. A thread that cannot come back would send everything else into the wrong namespace, so the process
 * dies loudly instead.
 */
export function inNamespace<T>(target: Namespace, work: () => T): T {
  const own = ownNamespace();
  if (target.id === own.id) return work();
  const entered = setNetns(target.fd);
  if (entered < 0) throw refused(errnoName(-entered), "enter the network namespace");
  try {
    return work();
  } finally {
    goHome(own);
  }
}

export function goHome(own: Namespace): void {
  const returned = setNetns(own.fd);
  if (returned === 0) return;
  writeSync(2, `Cannot return to the own network namespace: ${errnoName(-returned)}; aborting\n`);
  process.abort();
}
