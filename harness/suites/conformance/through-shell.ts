/** Calls of a plugin whose standard streams are bent by a shell before it starts: closed, full, slow, or not a pipe. */
import type { Verb } from "../../spec/version.ts";
import type { Judge } from "./judge.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** a plugin that hangs on a bent stream is what these calls look for */
const timeoutMs = 8_000;

export interface ShellCall extends CallOptions {
  /** runs the plugin as `"$0"`; its stdin is the configuration */
  readonly script: string;
  /** what the script knows as `$1` */
  readonly argument?: string;
}

export async function callThroughShell(
  subject: Subject,
  t: Judge,
  verb: Verb,
  { script, argument, ...options }: ShellCall,
): Promise<Called & { readonly pipesHeld: boolean }> {
  const argv = ["/bin/sh", "-c", script, subject.executable];
  const environment = subject.environment(verb, options);
  const stdin = options.stdin ?? subject.configuration(options);
  const ran = await subject.node.host.exec(argument === undefined ? argv : [...argv, argument], {
    stdin,
    environment: { PATH: path, ...environment },
    timeoutMs,
    cwd: "/",
    signal: t.signal,
  });
  const { exitCode, signal, stdout, stderr, durationMs, timedOut, pipesHeld = false } = ran;
  const evidence = {
    kind: "command",
    argv: ran.argv,
    environment,
    stdin: typeof stdin === "string" ? stdin : Buffer.from(stdin).toString("latin1"),
    stdout,
    stderr,
    durationMs,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  } as const;
  t.evidence(evidence);
  const version = options.version ?? subject.newest;
  return { ...(await subject.read(verb, version, { evidence, timedOut })), pipesHeld };
}
