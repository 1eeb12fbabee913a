/** A Place that is a network namespace of this machine, entered through nsenter. */
import { join } from "node:path";
import type { Place } from "../core/backend.ts";
import type { Processes } from "./processes.ts";
import { runCommand } from "./run-command.ts";
import { findTool } from "./tool-path.ts";

export function netnsPlace(options: {
  /** as people call it: "node1/host" */
  readonly name: string;
  /** path of the namespace */
  readonly netns: string;
  readonly processes: Processes;
  /** where processes log that were not given a file */
  readonly logs: string;
}): Place {
  const { name, netns, processes, logs } = options;
  // By absolute path: a command's own environment may come without a PATH.
  const enter = [findTool("nsenter") ?? "nsenter", `--net=${netns}`, "--"];
  return {
    name,
    netns,
    command: (argv) => [...enter, ...argv],
    exec: (argv, execOptions) => runCommand([...enter, ...argv], execOptions, argv),
    spawn: (argv, spawnOptions) => {
      const process = spawnOptions ?? { name: argv[0]?.split("/").at(-1) ?? "process" };
      const logFile = join(logs, `${name.replaceAll("/", "-")}-${process.name}.log`);
      return processes.spawn([...enter, ...argv], { logFile, ...process });
    },
  };
}
