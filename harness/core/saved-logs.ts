/** Points at where a node's log will be after the run: a world's own folder goes with it, the copy beside the record stays. */
import { join, relative } from "node:path";
import type { World } from "./backend.ts";
import type { RunEvent } from "./event.ts";
import type { Findings } from "./plan.ts";
import type { CheckRecord } from "./record.ts";

/** below the run's folder, a folder per node */
export const logsFolder = "logs";

/** The findings with each path of a node's log in a message replaced by its copy's; evidence stays as it was seen. */
export function withSavedLogs(findings: Findings, world: World, runFolder: string): Findings {
  const places = world.nodes.map(({ name, paths }) => {
    return { from: `${paths.logs}/`, to: `${shortest(join(runFolder, logsFolder, name))}/` };
  });
  const text = (line: string) =>
    places.reduce((sofar, { from, to }) => sofar.replaceAll(from, to), line);
  const record = (check: CheckRecord): CheckRecord => ({
    ...check,
    ...(check.message !== undefined && { message: text(check.message) }),
    log: check.log.map(text),
  });
  const event = (each: RunEvent): RunEvent =>
    each.kind === "checkFinished" ? { ...each, check: record(each.check) } : each;
  return {
    ...findings,
    emit: (each) => findings.emit(event(each)),
    warn: (line) => findings.warn(text(line)),
    keep: (check) => findings.keep(record(check)),
  };
}

/** As a person would type it here. */
function shortest(path: string): string {
  const below = relative(process.cwd(), path);
  return below.startsWith("..") ? path : below;
}
