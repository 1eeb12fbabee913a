/** What the file system refuses, as the one error of this folder, said so that an operator knows what to do. */
import { errnoOf } from "../base/errno.ts";
import { StoreError } from "./store.ts";

/** Runs `work`; its failure becomes a StoreError: "Cannot ⟨action⟩: ⟨state⟩ (⟨errno⟩)". */
export async function storing<R>(action: string, work: () => Promise<R>): Promise<R> {
  try {
    return await work();
  } catch (error) {
    const errno = errnoOf(error) ?? "UNKNOWN";
    throw new StoreError(errno, `Cannot ${action}: ${stateOf(errno, error)} (${errno})`, error);
  }
}

function stateOf(errno: string, error: unknown): string {
  switch (errno) {
    case "ENOSPC":
      return "no space is left on the device";
    case "EDQUOT":
      return "the disk quota is used up";
    case "EROFS":
      return "the file system is read-only";
    case "EACCES":
    case "EPERM":
      return "permission is denied";
    case "ENOENT":
      return "the directory does not exist";
    case "EEXIST":
      return "a file is in its way";
    case "ENOTDIR":
      return "a part of its path is not a directory";
    case "EIO":
      return "the disk fails";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
