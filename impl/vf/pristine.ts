/** What a free VF was before its first use, and the way back to it: set, then read again to be sure. */
import type { Address, Link, LinkChange, Netns } from "../netlink/kernel.ts";
import { isErrno } from "../netlink/netlink-error.ts";
import { ownSysctls, pathOf, readSysctls } from "./link-sysctls.ts";
import type { Pristine } from "./vf.ts";

/** What the link itself says; the rest takes questions of its own: `readRest`. */
export function pristineOf(link: Link): Pristine {
  const { gsoMaxSize, gsoMaxSegs, groMaxSize } = link;
  return {
    name: link.name,
    address: link.address,
    mtu: link.mtu,
    up: link.up,
    promisc: link.promisc,
    allmulticast: link.allmulticast,
    txQueueLen: link.txQueueLen,
    alias: link.alias ?? "",
    altNames: link.altNames,
    multicast: link.multicast,
    arp: link.arp,
    group: link.group,
    xdp: link.xdp,
    ...(gsoMaxSize === undefined ? {} : { gsoMaxSize }),
    ...(gsoMaxSegs === undefined ? {} : { gsoMaxSegs }),
    ...(groMaxSize === undefined ? {} : { groMaxSize }),
  };
}

/** Dozens of questions: ask them before an ADD is waiting. */
export async function readRest(
  netns: Netns,
  name: string,
  defaults?: Readonly<Record<string, string>>,
): Promise<Required<Pick<Pristine, "features" | "sysctls">>> {
  return {
    features: await netns.features(name),
    sysctls: await ownSysctls(netns, name, defaults ?? (await readSysctls(netns, "default"))),
  };
}

/**
 * Gives the VF that is at home under `name` all of `pristine` back, and takes away what no free VF has: addresses,
 * queueing disciplines with their filters, neighbours. Undefined when it is so; else, in one line, what differs. A
 * refused attribute does not keep the others from being restored.
 */
export async function restore(
  home: Netns,
  name: string,
  pristine: Pristine,
): Promise<string | undefined> {
  const found = await home.link(name);
  if (found === undefined) return `"${name}" left the daemon's namespace while it was restored`;
  const now = pristineOf(found);
  if ((await difference(home, now, pristine)) === undefined) return undefined;

  const refused: string[] = [];
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      refused.push(error instanceof Error ? error.message : String(error));
    }
  };
  const set = (current: string, change: LinkChange) => attempt(() => home.linkSet(current, change));
  if (now.up) await set(now.name, { up: false });
  for (const change of await oneRequest(home, now, changes(now, pristine))) {
    await set(now.name, change);
  }
  await attempt(() => setFeatures(home, now.name, pristine.features));
  if (now.name !== pristine.name) await set(now.name, { name: pristine.name });

  // By index from here: another link may have the name.
  const isNamed = now.name === pristine.name;
  const named = isNamed ? found : await byIndex(home, found.index, pristine.name);
  let wasClear = false;
  if (named?.name === pristine.name) {
    await attempt(() => setSysctls(home, { now, pristine }));
    await attempt(async () => {
      wasClear = await clear(home, pristine.name);
    });
    if (pristine.up) await set(pristine.name, { up: true });
  }
  const restored = await byIndex(home, found.index, pristine.name);
  if (restored === undefined) return `"${name}" left the daemon's namespace while it was restored`;
  const left =
    firstDifference(pristineOf(restored), pristine) ??
    (wasClear ? undefined : await leftover(home, pristine.name)) ??
    (await restDifference(home, pristine.name, pristine));
  return left && [left, ...refused.slice(0, 1)].join(": ");
}

/** @param likely its name, mostly: asking by it spares a look at every VF of the card */
async function byIndex(home: Netns, index: number, likely: string): Promise<Link | undefined> {
  const link = await home.link(likely);
  if (link?.index === index) return link;
  return (await home.links()).find((each) => each.index === index);
}

async function setFeatures(home: Netns, name: string, features = ""): Promise<void> {
  if (features !== "" && (await home.features(name)) !== features) {
    await home.featuresSet(name, features);
  }
}

/** A link that comes home without ARP is given other sysctls than `conf/default` has (addrconf of the kernel): all are set
 *  then. Else those alone that were not as the default. */
async function setSysctls(
  home: Netns,
  { now, pristine }: { readonly now: Pristine; readonly pristine: Pristine },
): Promise<void> {
  const defaults = now.arp === pristine.arp ? {} : await readSysctls(home, "default");
  const wanted = { ...defaults, ...pristine.sysctls };
  const is = now.arp === pristine.arp ? {} : await readSysctls(home, pristine.name);
  for (const [key, value] of Object.entries(wanted)) {
    if (is[key] !== value) await home.sysctlSet(pathOf(key, pristine.name), value);
  }
}

/** No move leaves any of it; a VF that never moved, or that somebody used at home, may have it. True: there was none. */
async function clear(home: Netns, name: string): Promise<boolean> {
  const addresses = (await home.addresses(name)).filter(isGiven);
  for (const { address } of addresses) await gone(home.addressDel(name, address));
  const qdiscs = await home.qdiscs(name);
  for (const qdisc of qdiscs) await gone(home.qdiscDel(name, qdisc));
  const neighs = (await home.neighs(name)).filter(
    ({ proxy, state }) => proxy === true || state === "permanent",
  );
  for (const { address, proxy } of neighs) await gone(home.neighDel(name, address, proxy));
  return addresses.length + qdiscs.length + neighs.length === 0;
}

/** Gives what is still to be set one by one, so that what the kernel refuses keeps nothing else back. */
async function oneRequest(
  home: Netns,
  now: Pristine,
  all: readonly LinkChange[],
): Promise<readonly LinkChange[]> {
  const plain = all.filter((change) => !("xdp" in change || "altNames" in change));
  if (plain.length < 2) return all;
  try {
    await home.linkSet(now.name, Object.assign({}, ...plain));
  } catch {
    return all;
  }
  return all.filter((change) => !plain.includes(change));
}

/** By somebody: not the kernel's link-local one, nor one that a router's advertisement brought. */
function isGiven({ scope, flags }: Address): boolean {
  return scope !== "link" && flags.includes("permanent");
}

async function gone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isErrno(error, "ENOENT", "EADDRNOTAVAIL", "EINVAL")) throw error;
  }
}

function changes(now: Pristine, pristine: Pristine): LinkChange[] {
  const add = pristine.altNames.filter((name) => !now.altNames.includes(name));
  const del = now.altNames.filter((name) => !pristine.altNames.includes(name));
  const { address, mtu, promisc, allmulticast, txQueueLen, alias } = pristine;
  const { multicast, arp, group, gsoMaxSize, gsoMaxSegs, groMaxSize } = pristine;
  const settable = {
    address,
    mtu,
    promisc,
    allmulticast,
    txQueueLen,
    alias,
    multicast,
    arp,
    group,
  };
  const sizes = { gsoMaxSize, gsoMaxSegs, groMaxSize };
  const differing = Object.entries({ ...settable, ...sizes }).filter(
    ([key, value]) => value !== undefined && now[key as keyof Pristine] !== value,
  );
  return [
    ...differing.map(([key, value]): LinkChange => ({ [key]: value })),
    ...(now.xdp === pristine.xdp ? [] : [{ xdp: "off" } as const]),
    ...(add.length + del.length === 0 ? [] : [{ altNames: { add, del } }]),
  ];
}

/** The first thing that is not as it was, e.g. `its mtu is 9000, not 1500`. */
async function difference(
  home: Netns,
  now: Pristine,
  pristine: Pristine,
): Promise<string | undefined> {
  return (
    firstDifference(now, pristine) ??
    (await leftover(home, now.name)) ??
    (await restDifference(home, now.name, pristine))
  );
}

function firstDifference(now: Pristine, pristine: Pristine): string | undefined {
  const keys = Object.keys(ofLink(pristine)) as (keyof Pristine)[];
  for (const key of keys) {
    const [is, was] = [JSON.stringify(sorted(now[key])), JSON.stringify(sorted(pristine[key]))];
    if (is !== was) return `its ${key} is ${is}, not ${was}`;
  }
  return undefined;
}

/** Without what the link does not say itself. */
function ofLink({ features: _, sysctls: __, pf: ___, ...link }: Pristine) {
  return link;
}

async function restDifference(
  home: Netns,
  name: string,
  { features, sysctls = {} }: Pristine,
): Promise<string | undefined> {
  if (features !== undefined) {
    const is = await home.features(name);
    if (is !== features) return `its features are "${is}", not "${features}"`;
  }
  for (const [key, was] of Object.entries(sysctls)) {
    const is = await home.sysctl(pathOf(key, name));
    if (is !== was) return `its sysctl ${key} is ${is}, not ${was}`;
  }
  return undefined;
}

async function leftover(home: Netns, name: string): Promise<string | undefined> {
  const address = (await home.addresses(name)).find(isGiven);
  if (address !== undefined) return `it still has address ${address.address}`;
  const [qdisc] = await home.qdiscs(name);
  if (qdisc !== undefined) return `it still has qdisc ${qdisc.kind} ${qdisc.handle}`;
  const neigh = (await home.neighs(name)).find(
    ({ proxy, state }) => proxy === true || state === "permanent",
  );
  return neigh && `it still has neighbour ${neigh.address}`;
}

function sorted(value: Pristine[keyof Pristine]): unknown {
  return Array.isArray(value) ? [...value].sort() : value;
}
