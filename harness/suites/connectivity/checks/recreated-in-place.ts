/** A pod deleted and added again under its own id is reachable at once by neighbours that knew the old one (FC-23). */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attached, families, mustReach, onePodMore, podAttempt } from "../pairs.ts";
import { type Member, member, type Population } from "../population.ts";

export const recreatedInPlace: Check<Population> = {
  id: "recreated-in-place",
  title: "a pod re-created under its id is reached at once by pods that knew the old one",
  async run(population, t: CheckContext) {
    const members = attached(population, t);
    const one = await onePodMore(population, t, "again");
    const { name, node } = one;
    const near = members.find((other) => other.node === node);
    const far = members.find((other) => other.node !== node);
    const others = [near, far].flatMap((other) => (other === undefined ? [] : [other]));
    for (const life of ["first", "second"]) {
      const added = await one.runtime.add(one.network, one.attachment);
      for (const { evidence } of added.calls) t.evidence(evidence);
      t.must(
        added.ok,
        `the ${life} ADD of pod ${name} should succeed: ${added.ok || added.error.msg}`,
      );
      await reachFrom(others, member(name, one, added));
      if (life === "second") break;
      const deleted = await one.runtime.del(one.network, one.attachment);
      for (const { evidence } of deleted.calls) t.evidence(evidence);
      t.must(deleted.ok, `DEL of pod ${name} should succeed: ${deleted.ok || deleted.error.msg}`);
    }

    async function reachFrom(neighbours: readonly Member[], to: Member): Promise<void> {
      const attempts = neighbours.flatMap((from) =>
        families.map((family) => podAttempt({ from, to }, family)),
      );
      // Less than the second after which TCP tries a lost first packet again.
      await mustReach(t, attempts, (attempt, target) =>
        attempt.from.workload.tcp({
          ...target,
          port: to.workload.ports.tcp,
          bytes: 4096,
          timeoutMs: 900,
        }),
      );
    }
  },
};
