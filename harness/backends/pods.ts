/** Pod sandboxes: a network namespace each, with nothing in it but `lo`. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { Kernel } from "../../impl/netlink/kernel.ts";
import type { Node, Pod } from "../core/backend.ts";
import { addNamespaces, deleteNamespaces, freshSettings, namespacePath } from "./namespaces.ts";
import { evict } from "./occupants.ts";
import { netnsPlace } from "./places.ts";
import type { Processes } from "./processes.ts";

export class Pods implements AsyncDisposable {
  readonly #kernel: Kernel;
  readonly #worldId: string;
  readonly #processes: Processes;
  readonly #live = new Set<Pod>();

  constructor(options: {
    readonly kernel: Kernel;
    readonly worldId: string;
    readonly processes: Processes;
  }) {
    this.#kernel = options.kernel;
    this.#worldId = options.worldId;
    this.#processes = options.processes;
  }

  async create(node: Node, name: string): Promise<Pod> {
    const namespace = podNamespace(this.#worldId, node.name, name);
    const netns = namespacePath(namespace);
    const pod: Pod = {
      name,
      node,
      netns,
      place: netnsPlace({
        name: `${node.name}/${name}`,
        netns,
        processes: this.#processes,
        logs: node.paths.logs,
      }),
      containerId: randomBytes(32).toString("hex"),
      [Symbol.asyncDispose]: () => this.#remove(pod, namespace),
    };
    if (existsSync(netns)) throw new Error(`Cannot create pod "${name}": "${netns}" exists`);
    this.#live.add(pod);
    await addNamespaces([namespace]);
    using handle = await this.#kernel.open(netns);
    await freshSettings(handle);
    return pod;
  }

  /** Those of one node, as a reboot of its host does; their own end is nothing then. */
  async removeOf(node: Node): Promise<void> {
    const own = [...this.#live].filter((pod) => pod.node === node);
    await Promise.all(own.map((pod) => pod[Symbol.asyncDispose]()));
  }

  /** One that somebody else made, and removes. */
  adopt(node: Node, { name, netns, containerId }: Parameters<Node["adoptPod"]>[0]): Pod {
    const place = netnsPlace({
      name: `${node.name}/${name}`,
      netns,
      processes: this.#processes,
      logs: node.paths.logs,
    });
    return { name, node, netns, place, containerId, [Symbol.asyncDispose]: async () => {} };
  }

  /** Removes those that nobody has removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#live].map((pod) => pod[Symbol.asyncDispose]()));
  }

  async #remove(pod: Pod, namespace: string): Promise<void> {
    if (!this.#live.delete(pod)) return;
    await evict([pod.netns]);
    await deleteNamespaces([namespace]);
  }
}

const reserved = ["host", "dpu"];

function podNamespace(worldId: string, node: string, name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || reserved.includes(name)) {
    throw new Error(
      `Cannot create pod "${name}": a name is lower-case letters, digits and "-", and not ${reserved.join(" or ")}`,
    );
  }
  return `${worldId}-${node}-${name}`;
}
