/** Requirements on the result object. */
import { res01 } from "../checks/res/res-01.ts";
import { res02 } from "../checks/res/res-02.ts";
import { res03 } from "../checks/res/res-03.ts";
import { res04 } from "../checks/res/res-04.ts";
import { res05 } from "../checks/res/res-05.ts";
import { res08 } from "../checks/res/res-08.ts";
import { res10 } from "../checks/res/res-10.ts";
import { res11 } from "../checks/res/res-11.ts";
import { res14 } from "../checks/res/res-14.ts";
import { res17 } from "../checks/res/res-17.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const resChecks: readonly RequirementCheck[] = [
  res01,
  res02,
  res03,
  res04,
  res05,
  res08,
  res10,
  res11,
  res14,
  res17,
];
