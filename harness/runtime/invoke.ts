/** Runs a plugin executable once, as a runtime does: CNI_* and PATH for environment, one document on stdin, a deadline. */
import { setMaxListeners } from "node:events";
import type { Place } from "../core/backend.ts";
import type { Evidence } from "../core/evidence.ts";

export type CommandEvidence = Extract<Evidence, { kind: "command" }>;

export interface Invocation {
  readonly executable: string;
  /** the CNI_* variables; PATH is added unless it is given */
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string | Uint8Array;
  /** default 30,000 */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Invoked {
  readonly evidence: CommandEvidence;
  readonly timedOut: boolean;
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** `place` is the node's host namespace: RT-15. Never throws for what the plugin did. */
export async function invoke(place: Place, invocation: Invocation): Promise<Invoked> {
  const { executable, environment, stdin, timeoutMs = 30_000, signal } = invocation;
  // Many runs side by side hang on one signal.
  if (signal !== undefined) setMaxListeners(0, signal);
  const ran = await place.exec([executable], {
    stdin,
    environment: { PATH: path, ...environment },
    timeoutMs,
    cwd: "/",
    ...(signal === undefined ? {} : { signal }),
  });
  const evidence: CommandEvidence = {
    kind: "command",
    argv: [executable],
    environment,
    stdin: typeof stdin === "string" ? stdin : Buffer.from(stdin).toString("latin1"),
    stdout: ran.stdout,
    stderr: ran.stderr,
    durationMs: ran.durationMs,
    ...(ran.exitCode === undefined ? {} : { exitCode: ran.exitCode }),
    ...(ran.signal === undefined ? {} : { signal: ran.signal }),
  };
  return { evidence, timedOut: ran.timedOut };
}
