/** One raw call of a plugin: what a check may bend, and what came of it. */
import type { Pod } from "../../core/backend.ts";
import type { Answer } from "../../runtime/answer.ts";
import type { CommandEvidence } from "../../runtime/invoke.ts";

export interface CallOptions {
  /** gives CNI_CONTAINERID and CNI_NETNS */
  readonly pod?: Pod;
  /** default "eth0" where a pod is given */
  readonly ifname?: string;
  /** default: the newest the plugin speaks */
  readonly version?: string;
  /** the network's name; default: the plugin's own */
  readonly network?: string;
  /** keys laid over the configuration; undefined takes one away */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly prevResult?: unknown;
  /** laid over the environment; undefined takes a variable away */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** in place of the configuration */
  readonly stdin?: string | Uint8Array;
  /** default 15,000; then it is killed */
  readonly timeoutMs?: number;
}

export interface Called {
  /** what a runtime makes of it, its habits looked past */
  readonly answer: Answer;
  readonly evidence: CommandEvidence;
  /** the evidence without the plugin's habits; default: it has none */
  readonly pastHabits?: CommandEvidence;
  /** it failed as this verb fails in the plainest case, by the same code: nothing new is to be learnt from that */
  readonly isUsual?: boolean;
}
