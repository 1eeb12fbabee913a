/** The moment ADD answers, the pod can be reached and can reach: the first datagram each way is not lost (FC-22). */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attached, type Family, mustAttach, mustReach, onePodMore, podAttempt } from "../pairs.ts";
import type { Population } from "../population.ts";

export function firstPacket(family: Family): Check<Population> {
  return {
    id: `first-packet-ipv${family}`,
    title: `the first IPv${family} datagram to and from a new pod is answered, with no second try`,
    async run(population, t: CheckContext) {
      const members = attached(population, t);
      const one = await onePodMore(population, t, `first${family}`);
      const { node } = one;
      const fresh = await mustAttach(t, one);
      const near = members.find((other) => other.node === node);
      const far = members.find((other) => other.node !== node);
      const others = [near, far].flatMap((other) => (other === undefined ? [] : [other]));
      const attempts = others.flatMap((other) => [
        podAttempt({ from: other, to: fresh }, family),
        podAttempt({ from: fresh, to: other }, family),
      ]);
      await mustReach(t, attempts, ({ from, to }, target) =>
        from.workload.udp({ ...target, port: to.workload.ports.udp, size: 100, timeoutMs: 1_000 }),
      );
    },
  };
}
