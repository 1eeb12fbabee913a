/** One thing that must hold between a plugin and a container runtime, under each personality it is about. */
import type { CheckContext } from "../../core/check.ts";
import type { PersonalityName } from "../../runtime/personality.ts";
import type { Played } from "./played.ts";

export interface RuntimeCheck {
  /** the last part of the check's id */
  readonly id: string;
  /** what must hold, one sentence, subject first */
  readonly title: string;
  /** default: all */
  readonly personalities?: readonly PersonalityName[];
  run(played: Played, t: CheckContext): Promise<void>;
}
