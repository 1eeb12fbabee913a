/** Requirements on CHECK. */
import { chk01 } from "../checks/chk/chk-01.ts";
import { chk04 } from "../checks/chk/chk-04.ts";
import { chk05 } from "../checks/chk/chk-05.ts";
import { chk12 } from "../checks/chk/chk-12.ts";
import { chk13 } from "../checks/chk/chk-13.ts";
import { chk16 } from "../checks/chk/chk-16.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const chkChecks: readonly RequirementCheck[] = [chk01, chk04, chk05, chk12, chk13, chk16];
