/** One VF as a pair of netdevs: how it is made, how its representor is known wherever it is, and how both are destroyed. */
import type { Kernel, Link, Netns } from "../../impl/netlink/kernel.ts";
import { isErrno } from "../../impl/netlink/netlink-error.ts";
import type { CardVf } from "../core/backend.ts";
import { macOf } from "./card-layout.ts";
import { namespacesElsewhere } from "./namespaces-elsewhere.ts";

/** Where a card is plugged in. */
export interface Slot {
  readonly kernel: Kernel;
  readonly host: Netns;
  readonly dpu: Netns;
  readonly node: number;
  /** of the world: part of every MAC */
  readonly seed: number;
  readonly mtu: number;
}

/** A second name that stays with the representor whatever it is called: no other netdev of the machine has it. */
export function representorMark({ seed, node }: Pick<Slot, "seed" | "node">, vf: CardVf): string {
  return `dnc-${seed.toString(16)}-node${node}-pf${vf.pf}vf${vf.index}`;
}

export interface MadePair {
  /** ifindex at home */
  readonly homeIndex: number;
  readonly representorIndex: number;
}

/**
 * A new VF at home, and its representor on the DPU. That gets its name last, in one step with being seen by who waits for
 * it: whoever takes it away at once takes a marked one.
 */
export async function makePair(slot: Slot, vf: CardVf, mac: string): Promise<MadePair> {
  const { host, dpu, node, seed, mtu } = slot;
  const address = macOf({ seed, node, role: "representor", index: vf.index });
  const unnamed = `new${vf.pf}v${vf.index}`;
  const peer = { name: unnamed, netns: dpu, mtu, address };
  const spec = { kind: "veth", mtu, address: mac, peer } as const;
  let name = vf.netdev;
  try {
    await host.linkAdd({ ...spec, name });
  } catch (error) {
    const taken = isErrno(error, "EEXIST") && (await host.link(vf.netdev)) !== undefined;
    if (!taken) throw error;
    // The name is taken: the kernel then calls a device that comes home devN.
    name = `dev${vf.index}`;
    await host.linkAdd({ ...spec, name });
  }
  const [home, representor] = [await host.link(name), await dpu.link(unnamed)];
  await dpu.linkSet(unnamed, { altNames: { add: [representorMark(slot, vf)] } });
  await dpu.linkSet(unnamed, { name: vf.representor });
  return { homeIndex: home?.index ?? 0, representorIndex: representor?.index ?? 0 };
}

/** The path of the namespace that a dataplane moved the representor into; undefined when no namespace has it. */
export async function findAway(
  slot: Slot,
  vf: CardVf,
  lastPath: string | undefined,
): Promise<string | undefined> {
  const mark = representorMark(slot, vf);
  if (lastPath !== undefined && (await has(slot.kernel, lastPath, mark))) return lastPath;
  for (const path of namespacesElsewhere()) {
    if (await has(slot.kernel, path, mark)) return path;
  }
  return undefined;
}

async function has(kernel: Kernel, path: string, mark: string): Promise<boolean> {
  try {
    using netns = await kernel.open(path);
    return (await netns.link(mark)) !== undefined;
  } catch {
    return false; // gone meanwhile, or another user's
  }
}

/** Does `work` where the representor is, on the DPU or away; false when it is nowhere. */
export async function whereItIs(
  slot: Slot,
  vf: CardVf,
  work: (netns: Netns, representor: Link) => Promise<void>,
): Promise<boolean> {
  const mark = representorMark(slot, vf);
  const here = await slot.dpu.link(mark);
  if (here !== undefined) {
    await work(slot.dpu, here);
    return true;
  }
  const path = await findAway(slot, vf, undefined);
  if (path === undefined) return false;
  using netns = await slot.kernel.open(path);
  const away = await netns.link(mark);
  if (away === undefined) return false;
  await work(netns, away);
  return true;
}
