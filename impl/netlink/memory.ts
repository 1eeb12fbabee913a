/**
 * A kernel in memory: a small true model of the real one, for tests. It passes the same laws (`kernel.contract.ts`)
 * and fails with the same errors. Left out, since tests would have to wait for it: link-local addresses that appear
 * by themselves, duplicate address detection, neighbour discovery, and packets.
 */
import type { Kernel, NamespaceMaker, Netns, VfSetting } from "./kernel.ts";
import { addLoopbackAddresses } from "./memory/addresses.ts";
import { move } from "./memory/change-link.ts";
import { destroyLink, unplug } from "./memory/links.ts";
import {
  createLink,
  createNamespace,
  findLink,
  type MemoryNamespace,
  type MemoryState,
  type SentFrame,
  tell,
} from "./memory/model.ts";
import { MemoryNetns } from "./memory/netns.ts";
import { refused } from "./refused.ts";

export interface MemoryKernel extends Kernel, NamespaceMaker {
  /** Puts a file at `path` that is no namespace. */
  fileAdd(path: string): void;
  /** Plugs a device into the own namespace: a PCI function, which comes home when its namespace dies. */
  deviceAdd(device: {
    readonly name: string;
    /** e.g. "0000:03:00.2" */
    readonly parentDevice: string;
    readonly address?: string;
    /** makes it a physical function with so many VFs, whose settings a new one has */
    readonly vfs?: number;
  }): void;
  /** every frame sent so far, oldest first */
  readonly frames: readonly SentFrame[];
}

export function memoryKernel(): MemoryKernel {
  const own = createNamespace();
  own.holders = 1;
  for (const lo of own.links) {
    lo.up = true;
    addLoopbackAddresses(lo);
  }
  const state: MemoryState = { own, paths: new Map(), frames: [] };

  const handle = (netns: MemoryNamespace, name: string): Netns => {
    netns.holders += 1;
    return new MemoryNetns({ state, netns, name }, () => release(state, netns));
  };

  return {
    frames: state.frames,
    fileAdd: (path) => void state.paths.set(path, "file"),
    deviceAdd({ name, parentDevice, address, vfs }) {
      const given = {
        ...(address === undefined ? {} : { address }),
        ...(vfs === undefined ? {} : { vfs: Array.from({ length: vfs }, (_, at) => newVf(at)) }),
      };
      tell(createLink(own, { name, parentDevice, kind: "device", ...given }));
    },
    async open(path) {
      if (path === undefined) return handle(own, "own");
      const found = state.paths.get(path) ?? folderAt(state, path);
      const command = `open network namespace "${path}"`;
      if (found === undefined) throw refused("ENOENT", command);
      if (found === "file") throw refused("EINVAL", command, "it is not a network namespace");
      return handle(found, path);
    },
    async netnsAdd(path) {
      if (state.paths.has(path)) throw refused("EEXIST", `ip netns add ${path}`);
      const netns = createNamespace();
      netns.holders = 1;
      state.paths.set(path, netns);
    },
    async netnsDel(path) {
      const found = state.paths.get(path);
      if (found === undefined) throw refused("ENOENT", `ip netns del ${path}`);
      state.paths.delete(path);
      if (found !== "file") release(state, found);
    },
    netnsScratch: async () => handle(createNamespace(), "scratch"),
  };
}

function newVf(index: number): VfSetting {
  return {
    ...{ index, address: "00:00:00:00:00:00", vlan: { id: 0, qos: 0, protocol: "802.1q" } },
    ...{ rate: { min: 0, max: 0 }, spoofCheck: true, linkState: "auto", trust: false },
  };
}

/** What lies above a known path is a folder, which is no namespace either. */
function folderAt(state: MemoryState, path: string): "file" | undefined {
  return [...state.paths.keys()].some((known) => known.startsWith(`${path}/`)) ? "file" : undefined;
}

/** With its last holder a namespace dies: devices go home, everything else is destroyed, veths with their peers. */
function release(state: MemoryState, netns: MemoryNamespace): void {
  netns.holders -= 1;
  if (netns.holders > 0) return;
  for (const link of [...netns.links]) {
    if (!netns.links.includes(link)) continue;
    if (link.kind === "device") {
      const taken = findLink(state.own, link.name) !== undefined;
      move(link, state.own, taken ? `dev${link.index}` : undefined);
      tell(link);
    } else if (link.kind === "loopback") unplug(link);
    else destroyLink(link);
  }
}
