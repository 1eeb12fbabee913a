/** Requirements on the error object and its codes. */
import { err01 } from "../checks/err/err-01.ts";
import { err02 } from "../checks/err/err-02.ts";
import { err04 } from "../checks/err/err-04.ts";
import { err05 } from "../checks/err/err-05.ts";
import type { RequirementCheck } from "../requirement-check.ts";

export const errChecks: readonly RequirementCheck[] = [err01, err02, err04, err05];
