/** The kernel of this machine: netlink in this process (`kernel.ts` is the contract). */
import { closeSync, constants, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../base/errno.ts";
import { errnoName } from "./errno-name.ts";
import type { Kernel, NamespaceMaker } from "./kernel.ts";
import { goHome, type Namespace, openNamespace, ownNamespace, ownPath } from "./linux/namespace.ts";
import { LinuxNetns } from "./linux/netns.ts";
import { mountBind, unmount, unshareNetns } from "./linux/syscall.ts";
import { refused } from "./refused.ts";

export function linuxKernel(): Kernel & NamespaceMaker {
  // Held from now on: every turn inside another namespace ends here.
  ownNamespace();
  return {
    open: async (path) => handle(path ?? "own", openNamespace(path ?? ownPath)),
    netnsScratch: async () =>
      handle(
        "scratch",
        inNewNamespace("unshare --net", () => openNamespace(ownPath)),
      ),
    netnsAdd: async (path) => addNamespace(path),
    netnsDel: async (path) => deleteNamespace(path),
  };
}

function handle(name: string, namespace: Namespace): LinuxNetns {
  try {
    return new LinuxNetns(name, namespace);
  } catch (error) {
    closeSync(namespace.fd);
    throw error;
  }
}

/** Like a turn inside a namespace, but in one made for it. */
function inNewNamespace<T>(command: string, work: () => T): T {
  const own = ownNamespace();
  const made = unshareNetns();
  if (made < 0) throw refused(errnoName(-made), command);
  try {
    return work();
  } finally {
    goHome(own);
  }
}

function addNamespace(path: string): void {
  const command = `ip netns add ${path}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL, 0));
  } catch (error) {
    throw refused(errnoOf(error) ?? "EIO", command);
  }
  const mounted = inNewNamespace(command, () => mountBind(ownPath, path));
  if (mounted === 0) return;
  rmSync(path);
  throw refused(errnoName(-mounted), command);
}

function deleteNamespace(path: string): void {
  const command = `ip netns del ${path}`;
  const unmounted = unmount(path);
  // EINVAL: nothing is mounted there; the file alone is left to remove.
  if (unmounted < 0 && errnoName(-unmounted) !== "EINVAL") {
    throw refused(errnoName(-unmounted), command);
  }
  try {
    rmSync(path);
  } catch (error) {
    throw refused(errnoOf(error) ?? "EIO", command);
  }
}
