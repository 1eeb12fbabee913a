/** Requirements on concurrency, state, life cycle. */
import { lif01 } from "../checks/lif/lif-01.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const lifChecks: readonly RequirementCheck[] = [lif01];
