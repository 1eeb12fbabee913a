/** Network namespaces of this machine that anybody could put a netdev into: those with a path, and those of processes. */
import { readdirSync, readFileSync, statSync } from "node:fs";

/** One path per namespace; a namespace that only an open file holds is not among them. */
export function namespacesElsewhere(): readonly string[] {
  const byInode = new Map<number, string>();
  for (const path of [...mountedNamespaces(), ...namespacesOfProcesses()]) {
    try {
      const { ino } = statSync(path);
      if (!byInode.has(ino)) byInode.set(ino, path);
    } catch {
      // gone meanwhile
    }
  }
  return [...byInode.values()];
}

/** Mount points of nsfs: /run/netns, and wherever else a dataplane keeps namespaces of its own. */
function mountedNamespaces(): readonly string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(" - nsfs "))
    .map((line) => unquoted(line.split(" ")[4] ?? ""));
}

function namespacesOfProcesses(): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => `/proc/${pid}/ns/net`);
}

/** Spaces and the like are written as \040. */
function unquoted(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
