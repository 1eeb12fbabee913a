/** A pod deleted and added again under its own id is reachable at once by neighbours that knew the old one (FC-23). */
import type { Check, CheckContext } from "../../../core/check.ts";
import {
  attached,
  families,
  mustAttach,
  mustDetach,
  mustReach,
  onePodMore,
  podAttempt,
} from "../pairs.ts";
import type { Member, Population } from "../population.ts";

export const recreatedInPlace: Check<Population> = {
  id: "recreated-in-place",
  title: "a pod re-created under its id is reached at once by pods that knew the old one",
  async run(population, t: CheckContext) {
    const members = attached(population, t);
    const one = await onePodMore(population, t, "again");
    const { node } = one;
    const near = members.find((other) => other.node === node);
    const far = members.find((other) => other.node !== node);
    const others = [near, far].flatMap((other) => (other === undefined ? [] : [other]));
    for (const life of ["first", "second"]) {
      await reachFrom(others, await mustAttach(t, one, life));
      if (life === "first") await mustDetach(t, one);
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
