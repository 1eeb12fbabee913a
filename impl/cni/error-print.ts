/** Prints the error object a failed call leaves on stdout: spec 1.1.0 section 5 "Error". */
import type { CniError } from "./cni-error.ts";
import { newestVersion } from "./version.ts";

/** `cniVersion`: what the configuration said, if it could be read. */
export function printError(error: CniError, cniVersion: string = newestVersion): string {
  return JSON.stringify({
    cniVersion,
    code: error.code,
    msg: plain(error.message) || "Cannot serve the call: no reason is known",
    ...(error.details === undefined ? {} : { details: plain(error.details) }),
  });
}

/**
 * One line, and none of the words that make containerd take a failed DEL for a finished one and never retry it
 * ("not found", and with an empty netns "no such file or directory"): a kernel's or library's text may hold them.
 */
function plain(text: string): string {
  return text
    .replace(/no such file or directory/gi, "path does not exist")
    .replace(/not found/gi, "absent")
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .trim();
}
