/** Requirements on GC. */
import { gc01 } from "../checks/gc/gc-01.ts";
import { gc03 } from "../checks/gc/gc-03.ts";
import { gc04 } from "../checks/gc/gc-04.ts";
import { gc05 } from "../checks/gc/gc-05.ts";
import { gc06 } from "../checks/gc/gc-06.ts";
import { gc07 } from "../checks/gc/gc-07.ts";
import { gc13 } from "../checks/gc/gc-13.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const gcChecks: readonly RequirementCheck[] = [gc01, gc03, gc04, gc05, gc06, gc07, gc13];
