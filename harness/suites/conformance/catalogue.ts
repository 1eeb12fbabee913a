/** Every requirement that can be seen from outside, in the order of the catalogue. */
import { addChecks } from "./areas/add.ts";
import { cfgChecks } from "./areas/cfg.ts";
import { chkChecks } from "./areas/chk.ts";
import { chnChecks } from "./areas/chn.ts";
import { delChecks } from "./areas/del.ts";
import { dlgChecks } from "./areas/dlg.ts";
import { errChecks } from "./areas/err.ts";
import { gcChecks } from "./areas/gc.ts";
import { lifChecks } from "./areas/lif.ts";
import { proChecks } from "./areas/pro.ts";
import { resChecks } from "./areas/res.ts";
import { staChecks } from "./areas/sta.ts";
import { verChecks } from "./areas/ver.ts";
import type { RequirementCheck } from "./requirement-check.ts";

export const catalogue: readonly RequirementCheck[] = [
  ...proChecks,
  ...errChecks,
  ...verChecks,
  ...addChecks,
  ...resChecks,
  ...delChecks,
  ...chkChecks,
  ...staChecks,
  ...gcChecks,
  ...chnChecks,
  ...dlgChecks,
  ...cfgChecks,
  ...lifChecks,
];
