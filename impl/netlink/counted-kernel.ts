/** Counts what is asked of a kernel, verb by verb: for tests that hold a path to exactly what it may cost. */
import type { Kernel, LinkChange, LinkSpec, NamespaceMaker, Netns } from "./kernel.ts";

/** how often each verb was asked, as "NAMESPACE VERB", by the last part of the namespace's path */
export type Counts = Map<string, number>;

export interface CountedKernel {
  readonly kernel: Kernel & NamespaceMaker;
  /** of all handles, those opened later too */
  readonly counts: Counts;
}

export function countedKernel(real: Kernel & NamespaceMaker): CountedKernel {
  const counts: Counts = new Map();
  const wrapped = (netns: Netns) => countedNetns(netns, counts);
  return {
    counts,
    kernel: {
      netnsAdd: (path) => real.netnsAdd(path),
      netnsDel: (path) => real.netnsDel(path),
      netnsScratch: async () => wrapped(await real.netnsScratch()),
      async open(path) {
        count(counts, `${placeOf(path ?? "own")} open`);
        return wrapped(await real.open(path));
      },
    },
  };
}

/** What was counted since the last call, by name, in the order of the alphabet. */
export function taken(counts: Counts): Readonly<Record<string, number>> {
  const all = Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  counts.clear();
  return all;
}

/** Asked for by watchers at times of their own, so in no sum. */
const uncounted = new Set(["watchLinks"]);

const originals = new WeakMap<Netns, Netns>();

function countedNetns(netns: Netns, counts: Counts): Netns {
  const proxy = new Proxy(netns, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const method = value.bind(target);
      if (typeof name !== "string" || uncounted.has(name)) return method;
      return (...args: unknown[]) => {
        count(counts, `${placeOf(target.name)} ${name}`);
        return method(...args.map(withOriginals));
      };
    },
  });
  originals.set(proxy, netns);
  return proxy;
}

/** A kernel moves links to its own handles only. */
function withOriginals(argument: unknown): unknown {
  if (typeof argument !== "object" || argument === null) return argument;
  if ("netns" in argument) {
    const change = argument as LinkChange;
    const netns = change.netns && originals.get(change.netns);
    return netns === undefined ? change : { ...change, netns };
  }
  if ("peer" in argument && typeof argument.peer === "object") {
    const spec = argument as Extract<LinkSpec, { kind: "veth" }>;
    const netns = spec.peer.netns && originals.get(spec.peer.netns);
    return netns === undefined ? spec : { ...spec, peer: { ...spec.peer, netns } };
  }
  return argument;
}

function placeOf(path: string): string {
  return path.split("/").at(-1) ?? path;
}

function count(counts: Counts, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
