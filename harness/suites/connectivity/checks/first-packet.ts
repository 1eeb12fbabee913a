/** The moment ADD answers, the pod can be reached and can reach: the first datagram each way is not lost (FC-22). */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attached, type Family, mustReach, onePodMore, podAttempt } from "../pairs.ts";
import { member, type Population } from "../population.ts";

export function firstPacket(family: Family): Check<Population> {
  return {
    id: `first-packet-ipv${family}`,
    title: `the first IPv${family} datagram to and from a new pod is answered, with no second try`,
    async run(population, t: CheckContext) {
      const members = attached(population, t);
      const one = await onePodMore(population, t, `first${family}`);
      const { name, node } = one;
      const added = await one.runtime.add(one.network, one.attachment);
      for (const { evidence } of added.calls) t.evidence(evidence);
      t.must(added.ok, `ADD of pod ${name} should succeed: ${added.ok || added.error.msg}`);
      const fresh = member(name, one, added);
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
