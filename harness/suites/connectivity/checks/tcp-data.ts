/** A mebibyte each way over TCP arrives unchanged. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attached, type Family, mustReach, onePairEach, podAttempt, type Scope } from "../pairs.ts";
import type { Population } from "../population.ts";

const bytes = 1024 * 1024;

export function tcpData(scope: Scope, family: Family): Check<Population> {
  return {
    id: `tcp-data-${scope}-ipv${family}`,
    title: `1 MiB each way over TCP and IPv${family} arrives unchanged, ${scope.replace("-", " ")}`,
    async run(population, t: CheckContext) {
      const pairs = onePairEach(attached(population, t), scope);
      const attempts = pairs.map((pair) => podAttempt(pair, family));
      await mustReach(t, attempts, ({ from, to }, target) =>
        from.workload.tcp({ ...target, port: to.workload.ports.tcp, bytes, timeoutMs: 10_000 }),
      );
    },
  };
}
