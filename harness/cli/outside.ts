/** Everything the command line needs from around it, as one object: streams, environment, and the parts it joins. */
import type { Backend } from "../core/backend.ts";
import type { Installer } from "../core/installation.ts";
import type { SuiteFactory } from "../core/suite-factory.ts";
import type { Output } from "../reporters/output.ts";
import type { HeldWorlds } from "./held-worlds.ts";

export interface Outside {
  /** how a person starts this program: "npx dnc" */
  readonly program: string;
  readonly version: string;
  /** argv that starts this program again */
  readonly self: readonly string[];
  /** what follows the program's name */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Loaded when needed, so that --help and wrong flags stay quick. */
  suites(): Promise<readonly SuiteFactory[]>;
  backend(): Promise<Backend>;
  worlds(): Promise<HeldWorlds>;
  /** what `dnc up` installs */
  offload(): Promise<Installer>;
  /** Becomes root in a user namespace where needed: the exit code of the child that did all the work, else undefined. */
  ensurePrivileges(): Promise<number | undefined>;
  /** Ctrl-C, SIGTERM, SIGHUP, or a fault nobody caught: told once each. Gives the way to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** At once, whatever is left. */
  exit(code: number): void;
}

/** Exit codes of every command. */
export const exitPassed = 0;
export const exitFailed = 1;
export const exitCouldNotRun = 2;
export const exitInterrupted = 130;
