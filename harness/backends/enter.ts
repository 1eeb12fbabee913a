/** How a command gets into a place of a world that another process holds or has left. */
import { readdirSync, readlinkSync } from "node:fs";
import { isAlive, processStat } from "./process-identity.ts";
import type { WorldRecord } from "./registry.ts";
import { findTool } from "./tool-path.ts";

/**
 * The command line that runs `argv` there, with the caller's own streams and working directory.
 * @param place "node1" (its host), "node1/host", "node1/dpu", "node1/POD" or "fabric"
 */
export function enterCommand(
  world: WorldRecord,
  place: string,
  argv: readonly string[],
): readonly string[] {
  const inNamespace = [findTool("ip") ?? "ip", "netns", "exec", namespaceOf(world, place), ...argv];
  if (!world.unprivileged) return inNamespace;
  const holder = world.keeper ?? world.owner;
  const inside = isAlive(holder) ? firstInside(holder.pid) : undefined;
  if (inside === undefined) {
    throw new Error(`Cannot enter "${world.id}": the process that held it has ended`);
  }
  // Entering a mount namespace forgets the working directory.
  const keepDirectory = ["sh", "-c", 'cd "$1" 2>/dev/null; shift; exec "$@"', "sh", process.cwd()];
  return [
    findTool("nsenter") ?? "nsenter",
    ...["--target", `${inside}`, "--user", "--mount", "--net", "--pid"],
    ...["--preserve-credentials", "--"],
    ...keepDirectory,
    ...inNamespace,
  ];
}

export function namespaceOf(world: WorldRecord, place: string): string {
  if (place === "fabric") return `${world.id}-fabric`;
  const [node = "", side = "host", ...rest] = place.split("/");
  if (!world.nodes.includes(node) || side === "" || rest.length > 0) {
    const places = [...world.nodes.flatMap((name) => [name, `${name}/dpu`]), "fabric"].join(", ");
    throw new Error(`Cannot enter "${place}": ${world.id} has ${places}`);
  }
  return `${world.id}-${node}-${side}`;
}

/** The nearest descendant that lives in another pid namespace than we. */
function firstInside(ancestor: number): number | undefined {
  const own = pidNamespace("self");
  const children = childrenByParent();
  const queue = [ancestor];
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    const namespace = pidNamespace(`${pid}`);
    if (namespace !== undefined && namespace !== own) return pid;
    queue.push(...(children.get(pid) ?? []));
  }
  return undefined;
}

function pidNamespace(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? processStat(Number(name)) : undefined;
    if (stat === undefined) continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat.pid]);
  }
  return children;
}
