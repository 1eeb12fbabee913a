/** Requirements on STATUS. */
import { sta01 } from "../checks/sta/sta-01.ts";
import { sta02 } from "../checks/sta/sta-02.ts";
import { sta03 } from "../checks/sta/sta-03.ts";
import { sta04 } from "../checks/sta/sta-04.ts";
import { sta05 } from "../checks/sta/sta-05.ts";
import { sta06 } from "../checks/sta/sta-06.ts";
import { sta07 } from "../checks/sta/sta-07.ts";
import { sta08 } from "../checks/sta/sta-08.ts";
import { sta09 } from "../checks/sta/sta-09.ts";
import { sta10 } from "../checks/sta/sta-10.ts";
import { sta11 } from "../checks/sta/sta-11.ts";
import { sta12 } from "../checks/sta/sta-12.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const staChecks: readonly RequirementCheck[] = [
  sta01,
  sta02,
  sta03,
  sta04,
  sta05,
  sta06,
  sta07,
  sta08,
  sta09,
  sta10,
  sta11,
  sta12,
];
