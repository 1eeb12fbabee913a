/** Brings a world up in network namespaces of this machine, and takes it down again to the last trace. */
import { join } from "node:path";
import { createLog } from "../../impl/base/log.ts";
import { Undo } from "../../impl/base/undo.ts";
import type { Kernel } from "../../impl/netlink/kernel.ts";
import type { World, WorldSpec } from "../core/backend.ts";
import { maxNodes, maxVfs } from "../emulator/card-layout.ts";
import { createFabric } from "../emulator/fabric.ts";
import { addNamespaces, deleteNamespaces, freshSettings, namespacePath } from "./namespaces.ts";
import { type BuiltNode, buildNode, nodeNamespaces } from "./node.ts";
import { evict } from "./occupants.ts";
import { keepInside, outsideOf } from "./outside.ts";
import { Pods } from "./pods.ts";
import { Processes } from "./processes.ts";
import { changeWorld, claimWorld, forgetWorld } from "./registry.ts";
import { takeSnapshot } from "./snapshot.ts";
import {
  createWorldDirectory,
  defaultWorkDirectory,
  removeWorldDirectory,
} from "./world-directory.ts";

const defaultMtu = 1500;

export interface WorldEnvironment {
  readonly kernel: Kernel;
  /** below it the world's folder is made, on that disk; default: a tmpfs */
  readonly workDirectory?: string;
}

export async function bringUp(
  spec: WorldSpec,
  environment: WorldEnvironment,
  options: { readonly signal: AbortSignal; progress(line: string): void },
): Promise<World> {
  checkSpec(spec);
  const { signal, progress } = options;
  signal.throwIfAborted();
  const undo = new Undo(createLog({ component: "netns", level: "warn" }));
  try {
    return await build(spec, environment, { signal, progress, undo });
  } catch (error) {
    await undo[Symbol.asyncDispose]();
    throw signal.aborted ? signal.reason : error;
  }
}

async function build(
  spec: WorldSpec,
  environment: WorldEnvironment,
  options: { readonly signal: AbortSignal; progress(line: string): void; readonly undo: Undo },
): Promise<World> {
  const { kernel, workDirectory } = environment;
  const { signal, progress, undo } = options;
  const { nodes: nodeCount, vfs, mtu = defaultMtu } = spec;

  const { id, directory } = claimWorld(workDirectory ?? defaultWorkDirectory);
  undo.add(() => forgetWorld(id));
  progress(`bringing up ${id}: ${nodeCount} nodes with ${vfs} VFs each`);

  undo.add(() => removeWorldDirectory(directory));
  await createWorldDirectory(directory, workDirectory === undefined);
  signal.throwIfAborted();

  const numbers = Array.from({ length: nodeCount }, (_, index) => index + 1);
  const fabricName = `${id}-fabric`;
  const names = numbers.flatMap((number) => Object.values(nodeNamespaces(id, number)));
  const namespaces = [fabricName, ...names];
  undo.add(() => deleteNamespaces(namespaces));
  undo.add(() => evict(namespaces.map(namespacePath)));
  await addNamespaces(namespaces);
  signal.throwIfAborted();

  const fabric = await kernel.open(namespacePath(fabricName));
  undo.add(() => fabric[Symbol.dispose]());
  await freshSettings(fabric);
  await createFabric(fabric, mtu);

  const processes = new Processes(join(directory, "processes"));
  const pods = new Pods({ kernel, worldId: id, processes });
  const seed = Number.parseInt(id.slice("dnc-".length), 16);
  const shared = { worldId: id, directory, vfs, mtu, seed, kernel, fabric, processes, pods };
  const built = await allOrNone(numbers.map((number) => buildNode({ ...shared, number }, undo)));
  signal.throwIfAborted();
  undo.add(() => pods[Symbol.asyncDispose]());
  undo.add(() => processes.stopAll());

  const nodes = built.map(({ node }) => node);
  changeWorld(id, { state: "ready", nodes: nodes.map(({ name }) => name) });
  return {
    id,
    backend: "netns",
    directory,
    nodes,
    snapshot: () => takeSnapshot({ id, directory, nodes: built }),
    retain: () => {
      if (outsideOf() !== undefined) keepInside();
      undo.keep();
      undo.add(() => release(built, processes));
      changeWorld(id, { state: "retained" });
      return retainedAdvice(
        id,
        nodes.map(({ name }) => name),
      );
    },
    [Symbol.asyncDispose]: () => undo[Symbol.asyncDispose](),
  };
}

/** Stops the emulation only. */
async function release(built: readonly BuiltNode[], processes: Processes): Promise<void> {
  await Promise.all(built.map(({ card }) => card[Symbol.asyncDispose]()));
  processes.release();
}

function retainedAdvice(id: string, nodes: readonly string[]): readonly string[] {
  return [
    `kept ${id}: its VFs no longer come home by themselves`,
    ...nodes.map((node) => `enter: dnc exec --world ${id} ${node} -- sh`),
    `remove: dnc down ${id}`,
  ];
}

/** Waits for all, also when one fails, so that nothing is still being built while it is undone. */
async function allOrNone<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

function checkSpec({ nodes, vfs, mtu = defaultMtu }: WorldSpec): void {
  const limits = [
    { what: "nodes", value: nodes, low: 1, high: maxNodes },
    { what: "VFs per node", value: vfs, low: 0, high: maxVfs },
    { what: "MTU", value: mtu, low: 1280, high: 65_535 },
  ];
  for (const { what, value, low, high } of limits) {
    if (Number.isInteger(value) && value >= low && value <= high) continue;
    throw new Error(`Cannot bring up "${value}" ${what}: it must be ${low} to ${high}`);
  }
}
