/** Requirements on GC. */
import { gc01 } from "../checks/gc/gc-01.ts";
import { gc02 } from "../checks/gc/gc-02.ts";
import { gc03 } from "../checks/gc/gc-03.ts";
import { gc04 } from "../checks/gc/gc-04.ts";
import { gc05 } from "../checks/gc/gc-05.ts";
import { gc06 } from "../checks/gc/gc-06.ts";
import { gc07 } from "../checks/gc/gc-07.ts";
import { gc08 } from "../checks/gc/gc-08.ts";
import { gc09 } from "../checks/gc/gc-09.ts";
import { gc10 } from "../checks/gc/gc-10.ts";
import { gc11 } from "../checks/gc/gc-11.ts";
import { gc12 } from "../checks/gc/gc-12.ts";
import { gc13 } from "../checks/gc/gc-13.ts";
import { gc14 } from "../checks/gc/gc-14.ts";
import { gc15 } from "../checks/gc/gc-15.ts";
import { gc16 } from "../checks/gc/gc-16.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const gcChecks: readonly RequirementCheck[] = [
  gc01,
  gc02,
  gc03,
  gc04,
  gc05,
  gc06,
  gc07,
  gc08,
  gc09,
  gc10,
  gc11,
  gc12,
  gc13,
  gc14,
  gc15,
  gc16,
];
