/** The process's edge: whatever was thrown becomes a CniError, with a code the runtime can act on. */
import { NetlinkError } from "../netlink/netlink-error.ts";
import { StoreError } from "../store/store.ts";
import { CniError, cniCodes } from "./cni-error.ts";

export function toCniError(thrown: unknown): CniError {
  if (thrown instanceof CniError) return thrown;
  if (thrown instanceof NetlinkError) {
    return new CniError(cniCodes.kernelRefused, thrown.message, { cause: thrown });
  }
  if (thrown instanceof StoreError) {
    return new CniError(cniCodes.ioFailure, thrown.message, {
      details: storeAdvice(thrown.errno),
      cause: thrown,
    });
  }
  if (isAbort(thrown)) {
    return new CniError(cniCodes.tryAgainLater, `Cannot finish the call: ${abortReason(thrown)}`, {
      details: "What was begun is undone, or finished later; the same call may be made again",
      cause: thrown,
    });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new CniError(cniCodes.internal, `Cannot finish the call: unexpected failure: ${text}`, {
    details: "This is a defect of the offload daemon; its log holds the whole error",
    cause: thrown,
  });
}

function storeAdvice(errno: string): string {
  switch (errno) {
    case "ENOSPC":
    case "EDQUOT":
      return "The disk of the daemon's state directory is full: free space or inodes there, then the call will work";
    case "EROFS":
      return "The daemon's state directory is on a read-only file system: remount it writable";
    case "EACCES":
    case "EPERM":
      return "The daemon may not write its state directory: give it to the user the daemon runs as";
    case "EIO":
      return "The disk of the daemon's state directory fails: see the kernel log";
    default:
      return "The daemon cannot write its state directory: see its log";
  }
}

/** AbortSignal's reasons: DOMException "AbortError" and "TimeoutError", and Node's own AbortError. */
function isAbort(thrown: unknown): thrown is Error {
  return (
    thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError")
  );
}

function abortReason(error: Error): string {
  return error.name === "TimeoutError" ? "it took too long" : "it was given up";
}
