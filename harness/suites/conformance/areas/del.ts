/** Requirements on DEL. */
import { del01 } from "../checks/del/del-01.ts";
import { del02 } from "../checks/del/del-02.ts";
import { del03 } from "../checks/del/del-03.ts";
import { del04 } from "../checks/del/del-04.ts";
import { del05 } from "../checks/del/del-05.ts";
import { del06 } from "../checks/del/del-06.ts";
import { del07 } from "../checks/del/del-07.ts";
import { del08 } from "../checks/del/del-08.ts";
import { del09 } from "../checks/del/del-09.ts";
import { del10 } from "../checks/del/del-10.ts";
import { del11 } from "../checks/del/del-11.ts";
import { del12 } from "../checks/del/del-12.ts";
import { del13 } from "../checks/del/del-13.ts";
import { del14 } from "../checks/del/del-14.ts";
import { del15 } from "../checks/del/del-15.ts";
import { del16 } from "../checks/del/del-16.ts";
import { del17 } from "../checks/del/del-17.ts";
import { del18 } from "../checks/del/del-18.ts";
import { del19 } from "../checks/del/del-19.ts";
import { del20 } from "../checks/del/del-20.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const delChecks: readonly RequirementCheck[] = [
  del01,
  del02,
  del03,
  del04,
  del05,
  del06,
  del07,
  del08,
  del09,
  del10,
  del11,
  del12,
  del13,
  del14,
  del15,
  del16,
  del17,
  del18,
  del19,
  del20,
];
