/** README.txt of a bundle: what happened where, what is in here, and the commands that repeat it. */
import { basename } from "node:path";
import type { Asked } from "../core/asked.ts";
import type { CheckRecord, RunRecord } from "../core/record.ts";

const contents = [
  ["record.json", "everything the run found: outcomes, messages, evidence, figures, commands"],
  ["asked.json, inputs/", "the files that the command line named, as they were"],
  ["failure/SUITE/", "the world at the suite's first failure, before anything was cleaned up:"],
  ["  first-failure.txt", "which check it was"],
  ["  snapshot.txt", "the kernel: links, addresses, routes, rules, tc, nft, namespaces, processes"],
  ["  NODE/host-state, dpu-state", "configurations and state folders of both sides"],
  ["  NODE/cni-conf, run", "CNI configurations, certificates without their keys"],
  ["  left-out.txt", "what could not be kept, and why"],
  ["logs/NODE/", "the logs of daemons and agents of both sides"],
  ["junit.xml", "the same outcomes for CI"],
] as const;

export function readMe(
  { record, asked }: { readonly record: RunRecord; readonly asked: Asked | undefined },
  at: { readonly left: readonly string[]; readonly program: string; readonly file: string },
): string {
  const { machine, world, plugins } = record;
  const failed = record.checks.filter(({ outcome }) => outcome === "failed");
  const blocked = record.checks.filter(({ outcome }) => outcome === "blocked").length;
  const width = Math.max(...contents.map(([name]) => name.length));
  return [
    `Run ${record.runId} of dnc, ${record.startedAt}: ${record.verdict}${reason(record)}`,
    "",
    `command   ${record.command}`,
    `seed      ${record.seed}`,
    `dnc       ${asked?.version ?? "unknown"}, commit ${asked?.commit ?? "unknown"}`,
    `world     ${world.backend}, ${world.nodes} nodes, ${world.vfs} VFs each, ${world.unprivileged ? "an ordinary user" : "root"}`,
    `machine   Linux ${machine.kernel}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}`,
    ...plugins.map(({ suite, name, executable, build, versions }) => {
      const of = build === undefined ? executable : `${executable}, ${build}`;
      return `plugin    ${suite}: ${name} (${of}), CNI ${versions.join(" ")}`;
    }),
    "",
    `The same run again: ${at.program} repro ${basename(at.file)}`,
    "One check of it alone:",
    ...failed.flatMap(oneOf),
    ...(failed.length === 0 ? ["  none failed"] : []),
    ...(blocked === 0 ? [] : [`  (and ${blocked} were blocked: record.json)`]),
    "",
    "In here:",
    ...contents.map(([name, what]) => `  ${name.padEnd(width)}  ${what}`),
    "",
    "Private keys are never in a bundle. Left out of it:",
    ...(at.left.length === 0 ? ["  nothing"] : at.left.map((line) => `  ${line}`)),
    "",
  ].join("\n");
}

function reason({ reason: why }: RunRecord): string {
  return why === undefined ? "" : ` (${why})`;
}

function oneOf({ suite, id, message = "", repeat }: CheckRecord): readonly string[] {
  return [`  ${suite}/${id}: ${message.split("\n")[0] ?? ""}`, `    ${repeat}`];
}
