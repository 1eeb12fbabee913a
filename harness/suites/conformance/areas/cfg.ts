/** Requirements on configuration, capabilities, CNI_ARGS. */
import type { RequirementCheck } from "../requirement-check.ts";

export const cfgChecks: readonly RequirementCheck[] = [];
