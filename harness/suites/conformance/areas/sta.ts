/** Requirements on STATUS. */
import { sta01 } from "../checks/sta/sta-01.ts";
import { sta12 } from "../checks/sta/sta-12.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const staChecks: readonly RequirementCheck[] = [sta01, sta12];
