/** Requirements on VERSION. */
import { ver01 } from "../checks/ver/ver-01.ts";
import { ver02 } from "../checks/ver/ver-02.ts";
import { ver03 } from "../checks/ver/ver-03.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const verChecks: readonly RequirementCheck[] = [ver01, ver02, ver03];
