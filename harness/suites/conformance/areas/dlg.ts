/** Requirements on delegation. */
import { dlg01 } from "../checks/dlg/dlg-01.ts";
import { dlg02 } from "../checks/dlg/dlg-02.ts";
import { dlg03 } from "../checks/dlg/dlg-03.ts";
import { dlg04 } from "../checks/dlg/dlg-04.ts";
import { dlg05 } from "../checks/dlg/dlg-05.ts";
import { dlg06 } from "../checks/dlg/dlg-06.ts";
import { dlg07 } from "../checks/dlg/dlg-07.ts";
import { dlg08 } from "../checks/dlg/dlg-08.ts";
import { dlg09 } from "../checks/dlg/dlg-09.ts";
import { dlg10 } from "../checks/dlg/dlg-10.ts";
import { dlg11 } from "../checks/dlg/dlg-11.ts";
import { dlg12 } from "../checks/dlg/dlg-12.ts";
import { dlg13 } from "../checks/dlg/dlg-13.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const dlgChecks: readonly RequirementCheck[] = [
  dlg01,
  dlg02,
  dlg03,
  dlg04,
  dlg05,
  dlg06,
  dlg07,
  dlg08,
  dlg09,
  dlg10,
  dlg11,
  dlg12,
  dlg13,
];
