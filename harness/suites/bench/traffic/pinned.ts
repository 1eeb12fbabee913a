/** A command that runs on some cores only. */

/** @param cores as taskset takes them: "0,2"; undefined: on any */
export function pinned(argv: readonly string[], cores: string | undefined): readonly string[] {
  return cores === undefined ? argv : ["taskset", "-c", cores, ...argv];
}
