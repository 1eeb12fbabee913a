/** Requirements on ADD. */
import { add01 } from "../checks/add/add-01.ts";
import { add02 } from "../checks/add/add-02.ts";
import { add03 } from "../checks/add/add-03.ts";
import { add04 } from "../checks/add/add-04.ts";
import { add05 } from "../checks/add/add-05.ts";
import { add06 } from "../checks/add/add-06.ts";
import { add07 } from "../checks/add/add-07.ts";
import { add08 } from "../checks/add/add-08.ts";
import { add09 } from "../checks/add/add-09.ts";
import { add10 } from "../checks/add/add-10.ts";
import { add11 } from "../checks/add/add-11.ts";
import { add12 } from "../checks/add/add-12.ts";
import { add13 } from "../checks/add/add-13.ts";
import { add14 } from "../checks/add/add-14.ts";
import { add15 } from "../checks/add/add-15.ts";
import { add16 } from "../checks/add/add-16.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const addChecks: readonly RequirementCheck[] = [
  add01,
  add02,
  add03,
  add04,
  add05,
  add06,
  add07,
  add08,
  add09,
  add10,
  add11,
  add12,
  add13,
  add14,
  add15,
  add16,
];
