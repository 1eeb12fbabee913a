/** Every property, those that look at one call first. */
import type { FuzzProperty } from "../property.ts";
import { badConfiguration } from "./bad-configuration.ts";
import { badEnvironment } from "./bad-environment.ts";
import { checkAnyResult } from "./check-any-result.ts";
import { delAnyResult } from "./del-any-result.ts";
import { gcList } from "./gc-list.ts";
import { lifeCycle } from "./life-cycle.ts";
import { oddInput } from "./odd-input.ts";
import { versionAnswer } from "./version-answer.ts";

export const fuzzProperties: readonly FuzzProperty[] = [
  versionAnswer,
  badConfiguration,
  badEnvironment,
  oddInput,
  delAnyResult,
  checkAnyResult,
  gcList,
  lifeCycle,
];
