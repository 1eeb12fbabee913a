/** A world's scratch folder, by default a tmpfs of its own: programs can run from it, syncing is free, and it goes in one step. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { mustRun, runCommand } from "./run-command.ts";

/** /run itself may be small and mounted noexec. */
const tmpfsOptions = "mode=0755,nosuid,nodev,size=1g";

export const defaultWorkDirectory = "/run/dnc";

/** @param tmpfs false: a plain folder on the disk it is in */
export async function createWorldDirectory(path: string, tmpfs: boolean): Promise<void> {
  mkdirSync(path, { recursive: true });
  if (tmpfs) await mustRun(["mount", "-t", "tmpfs", "-o", tmpfsOptions, "dnc", path]);
}

/** Unmounts everything at and below `path`, newest first, and removes the folder; false when there was none. */
export async function removeWorldDirectory(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  for (const mount of mountsBelow(path)) {
    const { exitCode } = await runCommand(["umount", mount]);
    // Somebody's shell may stand in it: then it goes when they leave.
    if (exitCode !== 0) await mustRun(["umount", "--lazy", mount]);
  }
  rmSync(path, { recursive: true, force: true });
  return true;
}

/** Mount points at and below a path, the deepest and newest first. */
export function mountsBelow(
  path: string,
  mountinfo: string = readFileSync("/proc/self/mountinfo", "utf8"),
): readonly string[] {
  return mountinfo
    .split("\n")
    .map((line) => plainPath(line.split(" ")[4] ?? ""))
    .filter((point) => point === path || point.startsWith(`${path}/`))
    .reverse();
}

/** proc(5): blanks and backslashes in a mount point are written as octal. */
function plainPath(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
