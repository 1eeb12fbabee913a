/** Requirements on configuration, capabilities, CNI_ARGS. */
import { cfg01 } from "../checks/cfg/cfg-01.ts";
import { cfg02 } from "../checks/cfg/cfg-02.ts";
import { cfg03 } from "../checks/cfg/cfg-03.ts";
import { cfg04 } from "../checks/cfg/cfg-04.ts";
import { cfg05 } from "../checks/cfg/cfg-05.ts";
import { cfg06 } from "../checks/cfg/cfg-06.ts";
import { cfg07 } from "../checks/cfg/cfg-07.ts";
import { cfg08 } from "../checks/cfg/cfg-08.ts";
import { cfg09 } from "../checks/cfg/cfg-09.ts";
import { cfg10 } from "../checks/cfg/cfg-10.ts";
import { cfg11 } from "../checks/cfg/cfg-11.ts";
import { cfg12 } from "../checks/cfg/cfg-12.ts";
import { cfg13 } from "../checks/cfg/cfg-13.ts";
import { cfg14 } from "../checks/cfg/cfg-14.ts";
import { cfg15 } from "../checks/cfg/cfg-15.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const cfgChecks: readonly RequirementCheck[] = [
  cfg01,
  cfg02,
  cfg03,
  cfg04,
  cfg05,
  cfg06,
  cfg07,
  cfg08,
  cfg09,
  cfg10,
  cfg11,
  cfg12,
  cfg13,
  cfg14,
  cfg15,
];
