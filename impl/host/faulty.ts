/** Makes the n-th effect of an object fail, before or after it took place: for tests of undoing. */
import type { Change, Kernel, LinkChange, Netns } from "../netlink/kernel.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { oneByOne } from "../netlink/one-by-one.ts";

export interface Fault {
  /** counts effects from 1, the parts of a batch one by one; undefined never fails, and counts no batch */
  at: number | undefined;
  when: "before" | "after";
  /** effects so far, by name */
  readonly effects: string[];
  /** somebody else acts before each effect */
  meddle?: (() => Promise<void>) | undefined;
}

const effectful = new Set([
  ...["linkSet", "addressAdd", "routeAdd", "sysctlSet", "sendFrame"],
  ...["put", "delete", "addPort", "deletePort"],
]);

/** `object` with every effect counted. Methods keep their object, so classes with private parts work. */
export function faulty<T extends object>(object: T, fault: Fault): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      const method = value.bind(target);
      if (typeof name !== "string" || !effectful.has(name)) return method;
      return async (...args: unknown[]) => {
        fault.effects.push(name);
        const fails = fault.effects.length === fault.at;
        if (fault.meddle !== undefined) await fault.meddle();
        const error = new NetlinkError("EIO", `step ${fault.effects.length} (${name})`, "injected");
        if (fails && fault.when === "before") throw error;
        const result: unknown = await method(...args.map(unwrapped));
        if (fails) throw error;
        return result;
      };
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

const real = new WeakMap<Netns, Netns>();

export function faultyNetns(netns: Netns, fault: Fault): Netns {
  const steps = faulty(netns, fault);
  const proxy = new Proxy(steps, {
    get(target, name) {
      if (name !== "batch" || fault.at === undefined) return Reflect.get(target, name, target);
      // Each part of a batch can fail.
      return (changes: readonly Change[]) => oneByOne(steps, changes);
    },
  });
  real.set(proxy, netns);
  return proxy;
}

export function faultyKernel(kernel: Kernel, fault: Fault): Kernel {
  return { open: async (path) => faultyNetns(await kernel.open(path), fault) };
}

/** A kernel moves links to its own handles only. */
function unwrapped(argument: unknown): unknown {
  if (typeof argument !== "object" || argument === null || !("netns" in argument)) return argument;
  const change = argument as LinkChange;
  if (change.netns === undefined) return change;
  return { ...change, netns: real.get(change.netns) ?? change.netns };
}
