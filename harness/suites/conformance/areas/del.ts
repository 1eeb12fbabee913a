/** Requirements on DEL. */
import { del01 } from "../checks/del/del-01.ts";
import { del02 } from "../checks/del/del-02.ts";
import { del04 } from "../checks/del/del-04.ts";
import { del06 } from "../checks/del/del-06.ts";
import { del08 } from "../checks/del/del-08.ts";
import { del09 } from "../checks/del/del-09.ts";
import { del13 } from "../checks/del/del-13.ts";
import { del14 } from "../checks/del/del-14.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const delChecks: readonly RequirementCheck[] = [
  del01,
  del02,
  del04,
  del06,
  del08,
  del09,
  del13,
  del14,
];
