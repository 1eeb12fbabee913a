/** Requirements on the result object. */
import { res01 } from "../checks/res/res-01.ts";
import { res02 } from "../checks/res/res-02.ts";
import { res03 } from "../checks/res/res-03.ts";
import { res04 } from "../checks/res/res-04.ts";
import { res05 } from "../checks/res/res-05.ts";
import { res06 } from "../checks/res/res-06.ts";
import { res07 } from "../checks/res/res-07.ts";
import { res08 } from "../checks/res/res-08.ts";
import { res09 } from "../checks/res/res-09.ts";
import { res10 } from "../checks/res/res-10.ts";
import { res11 } from "../checks/res/res-11.ts";
import { res12 } from "../checks/res/res-12.ts";
import { res13 } from "../checks/res/res-13.ts";
import { res14 } from "../checks/res/res-14.ts";
import { res15 } from "../checks/res/res-15.ts";
import { res16 } from "../checks/res/res-16.ts";
import { res17 } from "../checks/res/res-17.ts";
import { res18 } from "../checks/res/res-18.ts";
import { res19 } from "../checks/res/res-19.ts";
import { res20 } from "../checks/res/res-20.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const resChecks: readonly RequirementCheck[] = [
  res01,
  res02,
  res03,
  res04,
  res05,
  res06,
  res07,
  res08,
  res09,
  res10,
  res11,
  res12,
  res13,
  res14,
  res15,
  res16,
  res17,
  res18,
  res19,
  res20,
];
