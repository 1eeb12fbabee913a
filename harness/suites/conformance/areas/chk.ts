/** Requirements on CHECK. */
import { chk01 } from "../checks/chk/chk-01.ts";
import { chk02 } from "../checks/chk/chk-02.ts";
import { chk03 } from "../checks/chk/chk-03.ts";
import { chk04 } from "../checks/chk/chk-04.ts";
import { chk05 } from "../checks/chk/chk-05.ts";
import { chk06 } from "../checks/chk/chk-06.ts";
import { chk07 } from "../checks/chk/chk-07.ts";
import { chk08 } from "../checks/chk/chk-08.ts";
import { chk09 } from "../checks/chk/chk-09.ts";
import { chk10 } from "../checks/chk/chk-10.ts";
import { chk11 } from "../checks/chk/chk-11.ts";
import { chk12 } from "../checks/chk/chk-12.ts";
import { chk13 } from "../checks/chk/chk-13.ts";
import { chk14 } from "../checks/chk/chk-14.ts";
import { chk15 } from "../checks/chk/chk-15.ts";
import { chk16 } from "../checks/chk/chk-16.ts";
import { chk17 } from "../checks/chk/chk-17.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const chkChecks: readonly RequirementCheck[] = [
  chk01,
  chk02,
  chk03,
  chk04,
  chk05,
  chk06,
  chk07,
  chk08,
  chk09,
  chk10,
  chk11,
  chk12,
  chk13,
  chk14,
  chk15,
  chk16,
  chk17,
];
