/** Datagrams that just fill the MTU, and ones several times larger, arrive whole. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import {
  attached,
  type Family,
  mustReach,
  onePairEach,
  podAttempt,
  type Scope,
  skipNoPairs,
} from "../pairs.ts";
import type { Member, Population } from "../population.ts";

/** IP and UDP headers */
const overhead: Readonly<Record<Family, number>> = { 4: 28, 6: 48 };
const tries = 3;
const sizes = {
  mtu: { words: "that just fills the MTU", factor: 1 },
  fragmented: { words: "larger than the MTU", factor: 5 },
} as const;

async function mtuOf({ pod, ifname }: Member): Promise<number | undefined> {
  const { links } = await ipFacts(pod.place);
  return links.find(({ name }) => name === ifname)?.mtu;
}

export function udpSize(size: keyof typeof sizes, scope: Scope, family: Family): Check<Population> {
  const { words, factor } = sizes[size];
  return {
    id: `udp-${size}-${scope}-ipv${family}`,
    title: `an IPv${family} datagram ${words} comes back whole, ${scope.replace("-", " ")}`,
    async run(population, t: CheckContext) {
      const pairs = onePairEach(attached(population, t), scope);
      const [first] = pairs;
      if (first === undefined) return skipNoPairs(t);
      const mtu = await mtuOf(first.from);
      t.must(mtu, `pod ${first.from.name} should have its interface`);
      const bytes = mtu * factor - overhead[family];
      const attempts = pairs.map((pair) => podAttempt(pair, family));
      await mustReach(t, attempts, async ({ from, to }, target) => {
        const once = () =>
          from.workload.udp({ ...target, port: to.workload.ports.udp, size: bytes });
        // Nobody sends a lost one again for UDP; what a path cannot carry never comes.
        let done = await once();
        for (let i = 1; !done.ok && i < tries; i += 1) done = await once();
        return done;
      });
    },
  };
}
