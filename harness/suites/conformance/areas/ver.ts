/** Requirements on VERSION. */
import { ver01 } from "../checks/ver/ver-01.ts";
import { ver02 } from "../checks/ver/ver-02.ts";
import { ver03 } from "../checks/ver/ver-03.ts";
import { ver04 } from "../checks/ver/ver-04.ts";
import { ver05 } from "../checks/ver/ver-05.ts";
import { ver06 } from "../checks/ver/ver-06.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const verChecks: readonly RequirementCheck[] = [ver01, ver02, ver03, ver04, ver05, ver06];
