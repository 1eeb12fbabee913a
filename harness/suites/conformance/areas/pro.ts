/** Requirements on the invocation protocol. */
import { pro01 } from "../checks/pro/pro-01.ts";
import { pro02 } from "../checks/pro/pro-02.ts";
import { pro03 } from "../checks/pro/pro-03.ts";
import { pro04 } from "../checks/pro/pro-04.ts";
import { pro07 } from "../checks/pro/pro-07.ts";
import { pro08 } from "../checks/pro/pro-08.ts";
import { pro10 } from "../checks/pro/pro-10.ts";
import { pro13 } from "../checks/pro/pro-13.ts";
import { pro14 } from "../checks/pro/pro-14.ts";
import { pro15 } from "../checks/pro/pro-15.ts";
import { pro18 } from "../checks/pro/pro-18.ts";
import { pro19 } from "../checks/pro/pro-19.ts";
import { pro20 } from "../checks/pro/pro-20.ts";
import { pro21 } from "../checks/pro/pro-21.ts";
import { pro23 } from "../checks/pro/pro-23.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const proChecks: readonly RequirementCheck[] = [
  pro01,
  pro02,
  pro03,
  pro04,
  pro07,
  pro08,
  pro10,
  pro13,
  pro14,
  pro15,
  pro18,
  pro19,
  pro20,
  pro21,
  pro23,
];
