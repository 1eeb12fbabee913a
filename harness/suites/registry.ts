/** Every suite, in the order in which `dnc run` runs them. */
import type { SuiteFactory } from "../core/suite-factory.ts";
import { bench } from "./bench/bench.ts";
import { conformance } from "./conformance/conformance.ts";
import { connectivity } from "./connectivity/connectivity.ts";
import { containerd } from "./containerd/containerd.ts";
import { faults } from "./faults/faults.ts";
import { fuzz } from "./fuzz/fuzz.ts";
import { hostile } from "./hostile/hostile.ts";
import { matrix } from "./matrix/matrix.ts";
import { property } from "./property/property.ts";
import { runtimes } from "./runtime/runtimes.ts";
import { smoke } from "./smoke/smoke.ts";

export const suites: readonly SuiteFactory[] = [
  connectivity,
  matrix,
  smoke,
  conformance,
  runtimes,
  containerd,
  fuzz,
  hostile,
  property,
  bench,
  faults,
];
