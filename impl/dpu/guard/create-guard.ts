/** The guard in the kernel: programs at the clsact hooks of the representor, before what a dataplane has there. */
import type { Log } from "../../base/log.ts";
import { isManagementText } from "../../cni/management-key.ts";
import type { Filter, NamespaceMaker, Netns } from "../../netlink/kernel.ts";
import { isErrno, NetlinkError } from "../../netlink/netlink-error.ts";
import { gone, ignoring } from "../dataplanes/ignoring.ts";
import { antiSpoofProgram, deliveryProgram } from "./anti-spoof.ts";
import type { Enforcement, Guard, GuardPost, GuardState } from "./guard.ts";
import type { GuardConfig, LimitConfig } from "./guard-config.ts";
import { linkLocalOf } from "./link-local.ts";

const clsact = { kind: "clsact", handle: "", parent: "clsact" } as const;
/** The limit last: what is dropped for another reason does not use it up. Both before the redirect of `delegate`. */
const preferences = { antiSpoof: 1_000, limit: 1_001, delivery: 1_000 } as const;
const taken: readonly number[] = Object.values(preferences);

export interface GuardWorld {
  readonly kernel: NamespaceMaker;
  readonly log: Log;
  /** bare; the management port sends from these too */
  readonly hostAddresses?: readonly string[];
}

type Rules = GuardConfig & { readonly hostAddresses: readonly string[] };

/** Tries what is asked in a namespace that is thrown away, and says what cannot be enforced here. */
export async function createGuard(
  config: GuardConfig,
  { kernel, log, hostAddresses = [] }: GuardWorld,
): Promise<Guard> {
  const state = await enforceable(config, kernel);
  for (const [what, { state: now, ...more }] of Object.entries(state)) {
    if (now === "notEnforced")
      log.error("a guard that is configured is NOT ENFORCED", { what, ...more });
    else log.info("guard", { what, state: now });
  }
  return guardOf({ ...config, hostAddresses }, state);
}

/** For who runs the host: what he asked for and does not have. */
export function guardNotices(state: GuardState): readonly string[] {
  const names = { antiSpoofing: "anti-spoofing", limits: "the limit of what a VF sends" } as const;
  return (["antiSpoofing", "limits"] as const).flatMap((what) => {
    const one = state[what];
    return one.state === "notEnforced" ? [`${names[what]} is not enforced: ${one.reason}`] : [];
  });
}

/** For tests: anti-spoofing, which every kernel of ours enforces. */
export const testGuard: Guard = guardOf(
  { antiSpoofing: true, linkLocal: "mac", limits: {}, hostAddresses: [] },
  { antiSpoofing: { state: "enforced" }, limits: { state: "off" } },
);

/** Guards nothing, as with `antiSpoofing: false`. */
export const noGuard: Guard = guardOf(
  { antiSpoofing: false, linkLocal: "mac", limits: {}, hostAddresses: [] },
  { antiSpoofing: { state: "off" }, limits: { state: "off" } },
);

function guardOf(config: Rules, state: GuardState): Guard {
  const filters = (post: GuardPost) => filtersOf(post, config, state);
  return {
    state,
    async raise(netns, post) {
      const wanted = filters(post);
      const { representor } = post;
      const before =
        wanted.length === 0 ? await ours(netns, representor) : await qdiscOf(netns, representor);
      for (const filter of before.filter((one) => !wanted.some((other) => same(one, other)))) {
        await netns.filterDel(representor, filter);
      }
      for (const filter of wanted.filter((one) => !before.some((other) => same(one, other)))) {
        await netns.filterAdd(representor, filter);
      }
    },
    async lower(netns, representor) {
      // With it go its filters. An agent that guards nothing may follow one that did.
      await ignoring([...gone, "EINVAL"], netns.qdiscDel(representor, clsact));
    },
    async difference(netns, post) {
      const { representor } = post;
      const wanted = filters(post);
      if (wanted.length === 0) return undefined;
      const now = await netns.filters(representor);
      const missing = wanted.find((one) => !now.some((other) => same(one, other)));
      return missing === undefined
        ? undefined
        : `representor "${representor}" is not guarded: a filter of its ${missing.hook} is missing`;
    },
  };
}

/** Our filters; makes the qdisc where there is none, and a new one has no filters. */
async function qdiscOf(netns: Netns, representor: string): Promise<readonly Filter[]> {
  try {
    await netns.qdiscAdd(representor, clsact);
    return [];
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  return ours(netns, representor);
}

async function ours(netns: Netns, representor: string): Promise<readonly Filter[]> {
  const all = await netns.filters(representor);
  return all.filter(({ preference }) => taken.includes(preference));
}

function filtersOf(
  { key, representor, setting: { mac, addresses }, isShared }: GuardPost,
  { linkLocal, limit, limits, hostAddresses }: Rules,
  state: GuardState,
): readonly Filter[] {
  const sources = {
    mac,
    addresses: [
      ...addresses.map(({ address }) => address.replace(/\/.*/, "")),
      ...(isManagementText(key) ? hostAddresses : []),
      linkLocalOf(mac),
    ],
    anyLinkLocal: linkLocal === "any",
  };
  const own = Object.hasOwn(limits, representor) ? limits[representor] : limit;
  const filters: Filter[] = [];
  if (state.antiSpoofing.state === "enforced") {
    const bytecode = antiSpoofProgram(sources);
    filters.push({ hook: "ingress", preference: preferences.antiSpoof, bytecode });
    if (isShared) {
      const delivery = deliveryProgram(mac);
      filters.push({ hook: "egress", preference: preferences.delivery, bytecode: delivery });
    }
  }
  if (own !== undefined && state.limits.state === "enforced") filters.push(limitFilter(own));
  return filters;
}

function limitFilter({ mbitPerSecond, burstKbyte }: LimitConfig): Filter {
  const limit = { bitsPerSecond: mbitPerSecond * 1_000_000, burstBytes: burstKbyte * 1024 };
  return { hook: "ingress", preference: preferences.limit, limit };
}

function same(one: Filter, other: Filter): boolean {
  return (
    JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
  );
}

async function enforceable(config: GuardConfig, kernel: NamespaceMaker): Promise<GuardState> {
  const { antiSpoofing, limit, limits } = config;
  const [sample = limit] = Object.values(limits);
  const off: Enforcement = { state: "off" };
  return {
    antiSpoofing: antiSpoofing
      ? await tried(kernel, {
          ...{ hook: "ingress", preference: preferences.antiSpoof },
          bytecode: deliveryProgram("02:00:00:00:00:01"),
        })
      : off,
    limits: sample === undefined ? off : await tried(kernel, limitFilter(sample)),
  };
}

async function tried(kernel: NamespaceMaker, filter: Filter): Promise<Enforcement> {
  try {
    using netns = await kernel.netnsScratch();
    await netns.linkAdd({ kind: "veth", name: "left", peer: { name: "right" } });
    await netns.qdiscAdd("left", clsact);
    await netns.filterAdd("left", filter);
    return { state: "enforced" };
  } catch (error) {
    if (error instanceof NetlinkError) return { state: "notEnforced", reason: error.message };
    throw error;
  }
}
