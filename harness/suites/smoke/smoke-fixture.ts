/** What the checks of smoke share: the plugins that could be installed, and why others could not. */
import type { Outcome } from "../../core/outcome.ts";
import type { Fixture } from "../../core/suite.ts";
import type { Subject } from "./subject.ts";

/** A plugin that could not be installed has the outcome of all its checks. */
export type Candidate = Subject | Exclude<Outcome, { kind: "passed" }>;

export interface SmokeFixture extends Fixture {
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** of one plugin's installation: what it answers after that proves nothing */
  casualtiesOf(plugin: string): readonly string[];
}
