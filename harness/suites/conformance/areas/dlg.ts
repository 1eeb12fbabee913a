/** Requirements on delegation. */
import type { RequirementCheck } from "../requirement-check.ts";

export const dlgChecks: readonly RequirementCheck[] = [];
