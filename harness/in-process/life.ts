/**
 * The life of a process that is only pretended: what is outside of it, such as kernel, disk and clock, it is given
 * through `mortal`. Once it is over no call gets out and none returns, as after a kill -9: the code stops at the effect
 * it was about, and everything it has done stays done.
 */
export interface Life {
  isOver: boolean;
  /** told before each call that leaves the process */
  readonly onEffect: () => void;
  /** how many turns of others pass before it hears the answer to its next call */
  readonly delay: () => number;
  /** what the kernel closes when the process ends */
  readonly open: Set<Disposable>;
  readonly whenOver: Promise<undefined>;
  readonly end: () => void;
}

export function newLife(given: Pick<Life, "onEffect" | "delay">): Life {
  let end = () => {};
  const whenOver = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  return { ...given, isOver: false, open: new Set(), whenOver, end };
}

export function end(life: Life): void {
  life.isOver = true;
  life.end();
  for (const one of life.open) one[Symbol.dispose]();
  life.open.clear();
}

const never = new Promise<never>(() => {});

/** `object` with every method's call ending with `life`; `after` is done when a method of that name has been. */
export function mortal<T extends object>(
  object: T,
  life: Life,
  after: Readonly<Record<string, () => Promise<void>>> = {},
): T {
  return new Proxy(object, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (life.isOver) return never;
        life.onEffect();
        if (life.isOver) return never;
        const given: unknown = Reflect.apply(value, target, args);
        if (!(given instanceof Promise)) return given;
        const then = typeof name === "string" ? after[name] : undefined;
        return during(then === undefined ? given : given.finally(then), life);
      };
    },
  });
}

async function during<T>(work: Promise<T>, life: Life): Promise<T> {
  const settled = await Promise.allSettled([work]);
  for (let turns = life.delay(); turns > 0; turns -= 1) await undefined;
  if (life.isOver) return never;
  const [result] = settled;
  if (result?.status === "rejected") throw result.reason;
  return (result as PromiseFulfilledResult<Awaited<T>>).value;
}
