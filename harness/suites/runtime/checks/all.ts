/** Every check of suite runtimes. */
import type { RuntimeCheck } from "../runtime-check.ts";
import { closedNetns } from "./closed-netns.ts";
import { errorText } from "./error-text.ts";
import { failedAdd } from "./failed-add.ts";
import { lifeCycle } from "./life-cycle.ts";
import { loopbackBeside } from "./loopback-beside.ts";
import { lostCache } from "./lost-cache.ts";
import { newSandbox } from "./new-sandbox.ts";
import { parallelPods } from "./parallel-pods.ts";
import { restart } from "./restart.ts";

export const runtimeChecks: readonly RuntimeCheck[] = [
  lifeCycle,
  failedAdd,
  lostCache,
  closedNetns,
  parallelPods,
  errorText,
  loopbackBeside,
  restart,
  newSandbox,
];
