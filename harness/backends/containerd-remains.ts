/** What a containerd that was killed leaves outside its folders, though it was told to use others: cgroups, runc's state, shims' sockets. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { mountsBelow } from "./world-directory.ts";

const tasksOf = "state/io.containerd.runtime.v2.task/k8s.io";
const runcState = "/run/containerd/runc/k8s.io";
const cgroups = "/sys/fs/cgroup";

/** Removes what sandboxes of the nodes below `directory` left; their ids. Their processes must be gone, the folder not yet. */
export function removeContainerdRemains(directory: string): readonly string[] {
  return entries(directory).flatMap((node) => {
    const tasks = join(directory, node, "runtime", tasksOf);
    return entries(tasks)
      .filter((id) => /^[0-9a-f]{64}$/.test(id))
      .map((id) => {
        removeSocket(join(tasks, id, "address"));
        rmSync(join(runcState, id), { recursive: true, force: true });
        for (const root of mountsBelow(cgroups)) removeEmpty(join(root, "k8s.io", id));
        return id;
      });
  });
}

function removeSocket(addressFile: string): void {
  if (!existsSync(addressFile)) return;
  const path = readFileSync(addressFile, "utf8").replace(/^unix:\/\//, "");
  if (path.startsWith("/run/containerd/s/")) rmSync(path, { force: true });
}

function removeEmpty(cgroup: string): void {
  try {
    rmdirSync(cgroup);
  } catch {
    // not there, or in use by somebody else
  }
}

function entries(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
