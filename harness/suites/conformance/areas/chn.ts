/** Requirements on chaining and prevResult. */
import { chn01 } from "../checks/chn/chn-01.ts";
import { chn02 } from "../checks/chn/chn-02.ts";
import { chn03 } from "../checks/chn/chn-03.ts";
import { chn04 } from "../checks/chn/chn-04.ts";
import { chn05 } from "../checks/chn/chn-05.ts";
import { chn06 } from "../checks/chn/chn-06.ts";
import { chn07 } from "../checks/chn/chn-07.ts";
import { chn08 } from "../checks/chn/chn-08.ts";
import { chn09 } from "../checks/chn/chn-09.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const chnChecks: readonly RequirementCheck[] = [
  chn01,
  chn02,
  chn03,
  chn04,
  chn05,
  chn06,
  chn07,
  chn08,
  chn09,
];
