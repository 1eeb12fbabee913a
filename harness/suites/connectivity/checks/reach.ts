/** Every ordered pair of pods reaches each other by a small TCP exchange. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { allPairs, attached, type Family, mustReach, podAttempt, type Scope } from "../pairs.ts";
import type { Population } from "../population.ts";

export function reach(scope: Scope, family: Family): Check<Population> {
  return {
    id: `reach-${scope}-ipv${family}`,
    title: `every pod reaches every other by TCP over IPv${family}, ${scope.replace("-", " ")}`,
    async run(population, t: CheckContext) {
      const pairs = allPairs(attached(population, t), scope);
      const attempts = pairs.map((pair) => podAttempt(pair, family));
      await mustReach(t, attempts, ({ from, to }, target) =>
        from.workload.tcp({ ...target, port: to.workload.ports.tcp, bytes: 64 }),
      );
      t.log(`${attempts.length} pairs`);
    },
  };
}
