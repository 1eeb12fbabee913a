/**
 * The fixture of connectivity: the offload installed, pods on every node attached all at once, a workload in each pod
 * and on each DPU. A pod that could not be attached stays in the list with its error, so that a check can say so.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Node, Pod, World } from "../../core/backend.ts";
import type { Installation, Installer } from "../../core/installation.ts";
import { leftOver, restingSnapshot } from "../../core/leak-oracle.ts";
import type { Fixture, SuiteContext } from "../../core/suite.ts";
import type { Attachment } from "../../runtime/attachment.ts";
import { type Network, networkOf } from "../../runtime/network.ts";
import { type AddOutcome, createRuntime, type Runtime } from "../../runtime/runtime.ts";
import { parseCidr } from "../../spec/cidr.ts";
import { type AnyResult, anyResult, containerAddresses } from "../../spec/result.ts";
import { Workload } from "../../workload/client.ts";
import { Closing } from "../closing.ts";
import { type IpFacts, ipFacts } from "../ip-facts.ts";

export interface Population extends Fixture {
  readonly world: World;
  readonly members: readonly Member[];
  /** the card's own system as a peer */
  readonly dpus: ReadonlyMap<Node, Workload>;
  /** each host before any pod was attached */
  readonly hostsBefore: ReadonlyMap<Node, IpFacts>;
  /** A further pod with its workload, not attached yet; gone when disposed. */
  newcomer(node: Node, name: string): Promise<Newcomer>;
}

export interface Newcomer extends AsyncDisposable {
  readonly pod: Pod;
  readonly node: Node;
  readonly workload: Workload;
  readonly runtime: Runtime;
  readonly network: Network;
  readonly attachment: Attachment;
}

export interface Member extends Newcomer {
  /** "node1-a" */
  readonly name: string;
  readonly added: AddOutcome;
  /** undefined when it is not attached, or its result cannot be read */
  readonly result?: AnyResult;
}

/** the address of one family without its prefix */
export function addressOf(member: Member, family: 4 | 6): string | undefined {
  if (member.result === undefined) return undefined;
  const all = containerAddresses(member.result, member.attachment.ifname).map(parseCidr);
  return all.find((cidr) => cidr?.family === family)?.address;
}

export async function populate(
  context: SuiteContext,
  options: { readonly installer: Installer; readonly podsPerNode: number },
): Promise<Population> {
  const { world, progress, signal } = context;
  const undo = new Closing();
  try {
    const installation = undo.use(await options.installer.install(world, { signal, progress }));
    const runtimes = new Map<Node, Runtime>();
    for (const node of world.nodes) runtimes.set(node, await runtimeOf(node, { signal, undo }));
    const newcomer = (node: Node, name: string) => arrive(node, name, { installation, runtimes });
    const before = await restingSnapshot(world);
    const hostsBefore = new Map<Node, IpFacts>();
    for (const node of world.nodes) hostsBefore.set(node, await ipFacts(node.host));
    // Newest first: the pods have gone by the time this looks.
    undo.defer(async () => mustEqual(await leftOver(world, before)));

    progress(
      `connectivity: starting ${options.podsPerNode} pods on each of ${world.nodes.length} nodes`,
    );
    const names = world.nodes.flatMap((node) =>
      Array.from({ length: options.podsPerNode }, (_, i) => ({ node, name: podName(node, i) })),
    );
    const arrived: Newcomer[] = [];
    undo.useAll(arrived);
    const arrivals = await Promise.all(
      names.map(async ({ node, name }) => {
        const one = await newcomer(node, name);
        arrived.push(one);
        return { name, one };
      }),
    );
    const dpus = new Map<Node, Workload>();
    for (const node of world.nodes) {
      dpus.set(node, undo.use(await Workload.start(node.dpu, `workload-${node.name}-dpu`)));
    }
    progress(`connectivity: attaching ${arrivals.length} pods at once`);
    const members = await Promise.all(arrivals.map(({ name, one }) => settle(name, one)));
    const failed = members.filter(({ added }) => !added.ok).length;
    progress(`connectivity: ${members.length - failed} of ${members.length} pods attached`);
    return {
      world,
      members,
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

async function runtimeOf(
  node: Node,
  { signal, undo }: { readonly signal: AbortSignal; readonly undo: Closing },
): Promise<Runtime> {
  const directory = join(node.paths.run, "runtime-cache");
  await mkdir(directory, { recursive: true });
  undo.defer(() => rm(directory, { recursive: true }));
  return createRuntime({ place: node.host, directory, timeoutMs: 15_000, signal });
}

async function arrive(
  node: Node,
  name: string,
  at: { readonly installation: Installation; readonly runtimes: ReadonlyMap<Node, Runtime> },
): Promise<Newcomer> {
  const runtime = at.runtimes.get(node);
  if (runtime === undefined) throw new Error(`Cannot make a pod on "${node.name}": no such node`);
  const network = networkOf(at.installation.plugin(node));
  const pod = await node.createPod(name);
  const attachment: Attachment = {
    containerId: pod.containerId,
    ifname: "eth0",
    netns: pod.netns,
    cniArgs: {
      IgnoreUnknown: "1",
      K8S_POD_NAMESPACE: "default",
      K8S_POD_NAME: name,
      K8S_POD_INFRA_CONTAINER_ID: pod.containerId,
    },
  };
  const leave = async () => {
    const deleted = await runtime.del(network, attachment);
    await pod[Symbol.asyncDispose]();
    if (!deleted.ok) throw new Error(`Cannot detach "${name}": ${deleted.error.msg}`);
  };
  try {
    const workload = await Workload.start(pod.place, `workload-${name}`);
    return {
      pod,
      node,
      workload,
      runtime,
      network,
      attachment,
      async [Symbol.asyncDispose]() {
        await workload[Symbol.asyncDispose]();
        await leave();
      },
    };
  } catch (error) {
    await pod[Symbol.asyncDispose]();
    throw error;
  }
}

async function settle(name: string, one: Newcomer): Promise<Member> {
  const added = await one.runtime.add(one.network, one.attachment);
  return member(name, one, added);
}

/** A newcomer with the answer of its ADD. */
export function member(name: string, one: Newcomer, added: AddOutcome): Member {
  const result = added.ok ? anyResult.safeParse(added.result).data : undefined;
  return { ...one, name, added, ...(result === undefined ? {} : { result }) };
}

function podName(node: Node, index: number): string {
  return `${node.name}-${index < 26 ? String.fromCharCode(97 + index) : `p${index}`}`;
}

function mustEqual(difference: readonly string[]): void {
  if (difference.length === 0) return;
  throw new Error(`the pods have gone and left: ${difference.join("; ")}`);
}
