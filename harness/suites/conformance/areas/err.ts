/** Requirements on the error object and its codes. */
import { err01 } from "../checks/err/err-01.ts";
import { err02 } from "../checks/err/err-02.ts";
import { err03 } from "../checks/err/err-03.ts";
import { err04 } from "../checks/err/err-04.ts";
import { err05 } from "../checks/err/err-05.ts";
import { err06 } from "../checks/err/err-06.ts";
import { err07 } from "../checks/err/err-07.ts";
import { err08 } from "../checks/err/err-08.ts";
import { err09 } from "../checks/err/err-09.ts";
import { err10 } from "../checks/err/err-10.ts";
import { err11 } from "../checks/err/err-11.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const errChecks: readonly RequirementCheck[] = [
  err01,
  err02,
  err03,
  err04,
  err05,
  err06,
  err07,
  err08,
  err09,
  err10,
  err11,
];
