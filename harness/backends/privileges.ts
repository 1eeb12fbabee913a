/** Whether this process may make worlds, and if not, whether a user namespace can help. */
import { readFileSync } from "node:fs";
import { runCommand } from "./run-command.ts";

const capNetAdmin = 12n;
const capSysAdmin = 21n;

/** CAP_NET_ADMIN and CAP_SYS_ADMIN are effective. */
export function hasPrivileges(status: string = readFileSync("/proc/self/status", "utf8")): boolean {
  const digits = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (digits === undefined) return false;
  const effective = BigInt(`0x${digits}`);
  return [capNetAdmin, capSysAdmin].every((bit) => ((effective >> bit) & 1n) === 1n);
}

/** Options of `unshare` that make a place where an ordinary user is root over namespaces of their own. */
export const unshareOptions = [
  "--user",
  "--map-root-user",
  "--mount",
  "--net",
  "--pid",
  "--fork",
  "--kill-child",
  "--mount-proc",
] as const;

export interface Obstacle {
  readonly state: string;
  readonly remedy: string;
}

/** Why an unprivileged user namespace cannot be used here; undefined when it can. */
export async function userNamespaceObstacle(): Promise<Obstacle | undefined> {
  const argv = ["unshare", ...unshareOptions, "mount", "-t", "tmpfs", "dnc", "/run"];
  const { exitCode, stderr } = await runCommand(argv, { timeoutMs: 5_000 });
  return exitCode === 0 ? undefined : explainObstacle(readSysctl, stderr);
}

/** Which of the known switches forbids it; without one, what the trial said. */
export function explainObstacle(
  sysctl: (name: string) => string | undefined,
  said: string,
): Obstacle {
  const switches = [
    { name: "kernel.unprivileged_userns_clone", forbids: "0", allow: "1" },
    { name: "user.max_user_namespaces", forbids: "0", allow: "15000" },
    { name: "kernel.apparmor_restrict_unprivileged_userns", forbids: "1", allow: "0" },
  ];
  for (const { name, forbids, allow } of switches) {
    if (sysctl(name) !== forbids) continue;
    return {
      state: `unprivileged user namespaces are forbidden: ${name} is ${forbids}`,
      remedy: `run as root, or sysctl -w ${name}=${allow}`,
    };
  }
  const text = said.trim().split("\n")[0] ?? "";
  return { state: `no user namespace can be made: ${text}`, remedy: "run as root" };
}

function readSysctl(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  } catch {
    return undefined;
  }
}
