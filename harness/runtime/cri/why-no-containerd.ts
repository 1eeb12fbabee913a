/** Why pods cannot be run by a private containerd here: what is missing, and what to do. */
import { findExecutable } from "../find-executable.ts";

const tools = ["containerd", "ctr", "runc", "containerd-shim-runc-v2"];

/** Undefined when they can. One that is there and broken is for the caller to find out, and a failure. */
export async function whyNoContainerd(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return "containerd needs root: run it as root";
  const folders = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(":");
  const found = await Promise.all(tools.map((tool) => findExecutable(tool, folders)));
  const missing = tools.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return undefined;
  return `${missing.join(", ")} missing: apt-get install containerd runc`;
}
