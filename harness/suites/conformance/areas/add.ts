/** Requirements on ADD. */
import { add01 } from "../checks/add/add-01.ts";
import { add02 } from "../checks/add/add-02.ts";
import { add03 } from "../checks/add/add-03.ts";
import { add05 } from "../checks/add/add-05.ts";
import { add06 } from "../checks/add/add-06.ts";
import { add07 } from "../checks/add/add-07.ts";
import { add10 } from "../checks/add/add-10.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const addChecks: readonly RequirementCheck[] = [
  add01,
  add02,
  add03,
  add05,
  add06,
  add07,
  add10,
];
