/** Requirements on chaining and prevResult. */
import type { RequirementCheck } from "../requirement-check.ts";

export const chnChecks: readonly RequirementCheck[] = [];
