/**
 * Which addresses of the node's ranges are in use. It keeps nothing on disk: what is in use is what the port records
 * say, claimed one by one at start. An address just released is given again last, so that nobody who still talks to
 * the old pod meets the new one.
 */

import type { Family } from "../netlink/kernel.ts";
import type { FreeAddresses } from "./dataplane.ts";
import { type IpRange, parseAddress, printAddress } from "./ip-range.ts";

export interface Ipam {
  /** Families that have a range. */
  readonly families: readonly Family[];
  /** The first host address of each range: the DPU's own, never given to a pod. */
  readonly own: readonly { readonly family: Family; readonly address: string }[];
  /** A bare address nobody has; undefined when the family is used up or has no range. */
  reserve(family: Family): string | undefined;
  /** Takes a known address. False: somebody has it. True also for an address outside the ranges: after a change of
   *  the configuration live ports keep theirs. */
  claim(address: string): boolean;
  /** Not in use: nothing happens. */
  release(address: string): void;
  free(): FreeAddresses;
}

interface Pool {
  readonly range: IpRange;
  readonly firstUsable: bigint;
  readonly lastUsable: bigint;
  /** Nothing from here on was given by `reserve`. */
  next: bigint;
  /** in use, of the usable ones */
  taken: bigint;
  /** oldest first */
  readonly released: Set<bigint>;
}

interface Place {
  readonly canonical: string;
  readonly value: bigint;
  /** undefined: no usable address of a range */
  readonly pool: Pool | undefined;
}

export function createIpam(ranges: readonly IpRange[]): Ipam {
  const pools = ranges.map(poolOf);
  const used = new Set<string>();

  const locate = (address: string): Place => {
    const family = address.includes(":") ? 6 : 4;
    const value = parseAddress(address);
    const pool = pools.find((pool) => pool.range.family === family && usable(pool, value));
    return { canonical: printAddress(value, family), value, pool };
  };
  const mark = ({ canonical, value, pool }: Place): boolean => {
    if (used.has(canonical)) return false;
    used.add(canonical);
    if (pool === undefined) return true;
    pool.taken += 1n;
    pool.released.delete(value);
    return true;
  };

  return {
    families: ([4, 6] as const).filter((f) => ranges.some(({ family }) => family === f)),
    own: pools.map(({ range, firstUsable }) => ({
      family: range.family,
      address: printAddress(firstUsable - 1n, range.family),
    })),

    reserve(family) {
      const mine = pools.filter(({ range }) => range.family === family);
      for (const take of [takeFresh, takeReleased]) {
        for (const pool of mine) {
          for (let value = take(pool); value !== undefined; value = take(pool)) {
            const canonical = printAddress(value, family);
            if (mark({ canonical, value, pool })) return canonical;
          }
        }
      }
      return undefined;
    },

    claim: (address) => mark(locate(address)),

    release(address) {
      const { canonical, value, pool } = locate(address);
      if (!used.delete(canonical) || pool === undefined) return;
      pool.taken -= 1n;
      pool.released.add(value);
    },

    free() {
      const count = (family: Family) =>
        pools
          .filter(({ range }) => range.family === family)
          .reduce((sum, pool) => sum + pool.lastUsable - pool.firstUsable + 1n - pool.taken, 0n);
      return { ipv4: clamp(count(4)), ipv6: clamp(count(6)) };
    },
  };
}

function poolOf(range: IpRange): Pool {
  // IPv4: network, the DPU's own, …, broadcast. IPv6: subnet-router anycast (RFC 4291, 2.6.1), the DPU's own, ….
  const firstUsable = range.first + 2n;
  const lastUsable = range.family === 4 ? range.last - 1n : range.last;
  return { range, firstUsable, lastUsable, next: firstUsable, taken: 0n, released: new Set() };
}

function usable(pool: Pool, value: bigint): boolean {
  return value >= pool.firstUsable && value <= pool.lastUsable;
}

function takeFresh(pool: Pool): bigint | undefined {
  while (pool.released.has(pool.next)) pool.next += 1n;
  if (pool.next > pool.lastUsable) return undefined;
  pool.next += 1n;
  return pool.next - 1n;
}

function takeReleased(pool: Pool): bigint | undefined {
  return pool.released.values().next().value;
}

/** The wire's counters are numbers: a /64 has more addresses than fit. */
function clamp(count: bigint): number {
  return Number(count > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : count);
}
