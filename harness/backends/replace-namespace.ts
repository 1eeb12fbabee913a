/** Puts a new, empty namespace at the path of another one, as a boot does with a whole machine's. */
import { writeFileSync } from "node:fs";
import type { Kernel, Netns } from "../../impl/netlink/kernel.ts";
import {
  addNamespaces,
  deleteNamespaces,
  freshSettings,
  namespacePath,
  withoutDad,
} from "./namespaces.ts";
import { evict } from "./occupants.ts";
import { mustRun } from "./run-command.ts";

/**
 * Nobody runs in the former namespace any more; it lives on as long as somebody holds it. `fill` gets the new one
 * before it has the name, so that nobody sees it half made.
 */
export async function replaceNamespace(
  kernel: Kernel,
  name: string,
  fill: (fresh: Netns) => Promise<void>,
): Promise<Netns> {
  const temporary = `${name}-boot`;
  await evict([namespacePath(name)]);
  await addNamespaces([temporary]);
  const fresh = await kernel.open(namespacePath(temporary));
  try {
    await freshSettings(fresh);
    await withoutDad(fresh);
    await fill(fresh);
    await deleteNamespaces([name]);
    writeFileSync(namespacePath(name), "");
    await mustRun(["mount", "--bind", namespacePath(temporary), namespacePath(name)]);
    // Lazily, since handles of it are open.
    await deleteNamespaces([temporary]);
    return fresh;
  } catch (error) {
    fresh[Symbol.dispose]();
    await deleteNamespaces([temporary]);
    throw error;
  }
}
