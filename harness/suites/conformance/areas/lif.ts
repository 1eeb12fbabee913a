/** Requirements on concurrency, state, life cycle. */
import { lif01 } from "../checks/lif/lif-01.ts";
import { lif02 } from "../checks/lif/lif-02.ts";
import { lif03 } from "../checks/lif/lif-03.ts";
import { lif04 } from "../checks/lif/lif-04.ts";
import { lif05 } from "../checks/lif/lif-05.ts";
import { lif06 } from "../checks/lif/lif-06.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const lifChecks: readonly RequirementCheck[] = [lif01, lif02, lif03, lif04, lif05, lif06];
