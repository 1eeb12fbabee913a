/** Requirements on the invocation protocol. */
import { pro01 } from "../checks/pro/pro-01.ts";
import { pro02 } from "../checks/pro/pro-02.ts";
import { pro03 } from "../checks/pro/pro-03.ts";
import { pro04 } from "../checks/pro/pro-04.ts";
import { pro05 } from "../checks/pro/pro-05.ts";
import { pro06 } from "../checks/pro/pro-06.ts";
import { pro07 } from "../checks/pro/pro-07.ts";
import { pro08 } from "../checks/pro/pro-08.ts";
import { pro09 } from "../checks/pro/pro-09.ts";
import { pro10 } from "../checks/pro/pro-10.ts";
import { pro11 } from "../checks/pro/pro-11.ts";
import { pro12 } from "../checks/pro/pro-12.ts";
import { pro13 } from "../checks/pro/pro-13.ts";
import { pro14 } from "../checks/pro/pro-14.ts";
import { pro15 } from "../checks/pro/pro-15.ts";
import { pro16 } from "../checks/pro/pro-16.ts";
import { pro17 } from "../checks/pro/pro-17.ts";
import { pro18 } from "../checks/pro/pro-18.ts";
import { pro19 } from "../checks/pro/pro-19.ts";
import { pro20 } from "../checks/pro/pro-20.ts";
import { pro21 } from "../checks/pro/pro-21.ts";
import { pro22 } from "../checks/pro/pro-22.ts";
import { pro23 } from "../checks/pro/pro-23.ts";
import { pro24 } from "../checks/pro/pro-24.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const proChecks: readonly RequirementCheck[] = [
  pro01,
  pro02,
  pro03,
  pro04,
  pro05,
  pro06,
  pro07,
  pro08,
  pro09,
  pro10,
  pro11,
  pro12,
  pro13,
  pro14,
  pro15,
  pro16,
  pro17,
  pro18,
  pro19,
  pro20,
  pro21,
  pro22,
  pro23,
  pro24,
];
