/** The card's own system reaches each pod of its node and of the others. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { type Attempt, attached, type Family, mustReach } from "../pairs.ts";
import { type Population, skipFlat } from "../population.ts";

export function dpuToPod(family: Family): Check<Population> {
  return {
    id: `dpu-to-pod-ipv${family}`,
    title: `each DPU reaches the pods of its node by TCP over IPv${family}`,
    async run(population, t: CheckContext) {
      skipFlat(population, t);
      const members = attached(population, t);
      const attempts: Attempt[] = [...population.dpus].flatMap(([node, workload]) =>
        members
          .filter((to) => to.node === node)
          .map((to) => ({ from: { name: node.dpu.name, workload, at: node }, to, family })),
      );
      await mustReach(t, attempts, ({ from, to }, target) =>
        from.workload.tcp({ ...target, port: to.workload.ports.tcp, bytes: 64 }),
      );
    },
  };
}
