/**
 * The fixture of connectivity: the offload installed, pods on every node attached all at once, a workload in each pod
 * and on each DPU. A pod that could not be attached stays in the list with its error, so that a check can say so.
 */

import type { Node, Pod, World } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Installer } from "../../core/installation.ts";
import { leftOver, restingSnapshot } from "../../core/leak-oracle.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import type { Network } from "../../runtime/network.ts";
import { openSandboxes } from "../../runtime/open-sandboxes.ts";
import type {
  Attaching,
  Ending,
  RuntimeName,
  Sandbox,
  Sandboxes,
} from "../../runtime/sandboxes.ts";
import { parseCidr } from "../../spec/cidr.ts";
import { type AnyResult, anyResult, containerAddresses } from "../../spec/result.ts";
import { Workload } from "../../workload/client.ts";
import { Closing } from "../closing.ts";
import { type IpFacts, ipFacts } from "../ip-facts.ts";

export interface Population extends Fixture {
  readonly world: World;
  /** pods are one flat network with the fabric: the card's own system is in no way of theirs */
  readonly isFlat: boolean;
  readonly arrivals: readonly Arrival[];
  /** the card's own system as a peer */
  readonly dpus: ReadonlyMap<Node, Workload>;
  /** each host before any pod was attached */
  readonly hostsBefore: ReadonlyMap<Node, IpFacts>;
  /** A further pod, not attached yet; gone when disposed. */
  newcomer(node: Node, name: string): Promise<Newcomer>;
}

/** name of the pod's interface, as every runtime of Kubernetes asks for it */
const ifname = "eth0";

export interface Newcomer extends AsyncDisposable {
  /** "node1-a" */
  readonly name: string;
  readonly node: Node;
  readonly network: Network;
  attach(): Promise<Arrival>;
  detach(): Promise<Ending>;
}

/** What became of an ADD. */
export interface Arrival {
  readonly name: string;
  readonly node: Node;
  readonly network: Network;
  readonly added: Attaching;
  /** when it succeeded */
  readonly member?: Member;
}

/** Of a flat network there is nothing to ask of the card's own system. */
export function skipFlat({ isFlat }: Population, t: CheckContext): void {
  if (isFlat) t.notApplicable("pods are one flat network with the fabric: the DPU is not in it");
}

/** An attached pod with its workload. */
export interface Member {
  readonly name: string;
  readonly node: Node;
  readonly ifname: string;
  readonly pod: Pod;
  readonly workload: Workload;
  /** undefined when it cannot be read */
  readonly result?: AnyResult;
  /** CHECK; undefined: the runtime never asks it */
  readonly check?: () => Promise<Ending>;
}

/** the address of one family without its prefix */
export function addressOf(member: Member, family: 4 | 6): string | undefined {
  if (member.result === undefined) return undefined;
  const all = containerAddresses(member.result, member.ifname).map(parseCidr);
  return all.find((cidr) => cidr?.family === family)?.address;
}

export async function populate(
  context: SuiteContext,
  options: {
    readonly installer: Installer;
    readonly podsPerNode: number;
    readonly runtime: RuntimeName;
    readonly isFlat?: boolean;
  },
): Promise<Population> {
  const { world, progress, signal } = context;
  const undo = new Closing();
  try {
    const installation = undo.use(await options.installer.install(world, { signal, progress }));
    const opened: Sandboxes[] = [];
    undo.useAll(opened);
    if (options.runtime !== "double") {
      progress(`connectivity: starting ${options.runtime} on each node`);
    }
    await Promise.all(
      world.nodes.map(async (node) => {
        const plugin = installation.plugin(node);
        opened.push(await openSandboxes(options.runtime, { node, plugin, signal }));
      }),
    );
    const newcomer = async (node: Node, name: string) => {
      const sandboxes = opened.find((one) => one.node === node);
      if (sandboxes === undefined) throw new Error(`Cannot make a pod on "${node.name}"`);
      return newcomerOf(await sandboxes.create(name), sandboxes);
    };
    const before = await restingSnapshot(world);
    const hostsBefore = new Map<Node, IpFacts>();
    for (const node of world.nodes) hostsBefore.set(node, await ipFacts(node.host));
    // Newest first: the pods have gone by the time this looks.
    undo.defer(async () => mustEqual((await leftOver(world, before)).leaked));

    progress(
      `connectivity: starting ${options.podsPerNode} pods on each of ${world.nodes.length} nodes`,
    );
    const names = world.nodes.flatMap((node) =>
      Array.from({ length: options.podsPerNode }, (_, i) => ({ node, name: podName(node, i) })),
    );
    const pods: Newcomer[] = [];
    undo.useAll(pods);
    await Promise.all(
      names.map(async ({ node, name }) => {
        pods.push(await newcomer(node, name));
      }),
    );
    const dpus = new Map<Node, Workload>();
    for (const node of world.nodes) {
      dpus.set(node, undo.use(await Workload.start(node.dpu, `workload-${node.name}-dpu`)));
    }
    progress(`connectivity: attaching ${pods.length} pods at once`);
    const arrivals = await Promise.all(
      pods.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((one) => one.attach()),
    );
    const failed = arrivals.filter(({ added }) => !added.ok).length;
    progress(`connectivity: ${arrivals.length - failed} of ${arrivals.length} pods attached`);
    return {
      world,
      isFlat: options.isFlat ?? false,
      arrivals,
      dpus,
      hostsBefore,
      newcomer,
      casualties: () => installation.casualties(),
      [Symbol.asyncDispose]: () => undo[Symbol.asyncDispose](),
    };
  } catch (error) {
    // The first error is the one to see; what the undo says is its consequence.
    await undo[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
}

/** Its workload waits in the pod where there is one before its network, so that the first packet can be at once. */
async function newcomerOf(sandbox: Sandbox, { node, network }: Sandboxes): Promise<Newcomer> {
  const { name } = sandbox;
  const start = (pod: Pod) => Workload.start(pod.place, `workload-${name}`);
  let workload = sandbox.pod === undefined ? undefined : await start(sandbox.pod);

  async function attach(): Promise<Arrival> {
    const added = await sandbox.attach();
    const arrival = { name, node, network, added };
    if (!added.ok) return arrival;
    const { pod } = added;
    workload ??= await start(pod);
    const result = anyResult.safeParse(added.result).data;
    const check = sandbox.check?.bind(sandbox);
    const member: Member = {
      ...{ name, node, ifname, pod, workload },
      ...(result !== undefined && { result }),
      ...(check !== undefined && { check }),
    };
    return { ...arrival, member };
  }

  async function endWorkload(): Promise<void> {
    await workload?.[Symbol.asyncDispose]();
    workload = undefined;
  }

  return {
    ...{ name, node, network, attach },
    async detach() {
      // A pod that goes with its network takes its workload along.
      if (sandbox.pod === undefined) await endWorkload();
      return sandbox.detach();
    },
    async [Symbol.asyncDispose]() {
      await endWorkload();
      await sandbox[Symbol.asyncDispose]();
    },
  };
}

function podName(node: Node, index: number): string {
  return `${node.name}-${index < 26 ? String.fromCharCode(97 + index) : `p${index}`}`;
}

function mustEqual(difference: readonly string[]): void {
  if (difference.length === 0) return;
  throw new Error(`the pods have gone and left: ${difference.join("; ")}`);
}
