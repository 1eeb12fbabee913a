/** What fuzzing holds a plugin to: for every input of a kind something is true. One property per file. */
import type fc from "fast-check";
import type { Plugin, Role } from "../../core/plugin.ts";
import type { FuzzInput } from "./fuzz-input.ts";
import type { Kit } from "./kit.ts";

/** what inputs depend on: known before any run, so that a seed and a path give the same input again */
export type FuzzedPlugin = Pick<Plugin, "versions" | "role" | "ifname">;

export interface FuzzProperty {
  /** stable: saved counterexamples and known findings go by it */
  readonly id: string;
  /** what must hold, one sentence, subject first */
  readonly title: string;
  /** of the specification 1.1.0 */
  readonly section: string;
  /** the oldest version it applies to; default: all */
  readonly since?: string;
  /** whose plugins it applies to; default: all */
  readonly roles?: readonly Role[];
  /** of the asked number of runs; 1 where a run is one call */
  readonly share: number;
  inputs(plugin: FuzzedPlugin): fc.Arbitrary<FuzzInput>;
  /** What every run needs to be there; undone with the kit's pod. */
  prepare?(kit: Kit): Promise<void>;
  /** Throws Refuted when it does not hold. */
  holds(input: FuzzInput, kit: Kit): Promise<void>;
}

/** The property does not hold for an input; the message says what should be and what is. */
export class Refuted extends Error {
  override readonly name = "Refuted";
}
