/**
 * The conformance report of one plugin: a file that can be published and compared, as Kubernetes' gateway and
 * network-policy projects keep one per implementation. The schema below is the truth; conformance-report.schema.json is
 * made from it.
 */
import { z } from "zod";
import type { PluginRecord, RunRecord } from "../core/record.ts";
import {
  areaOf,
  count,
  groupBy,
  outcomeBy,
  profiles,
  type Requirement,
  sinceOf,
} from "./conformance-counts.ts";

const whole = z.number().int().min(0);
const counts = z.object({
  passed: whole,
  failed: whole,
  /** known of this plugin, or failed without being a rule of the text */
  finding: whole,
  skipped: whole,
  blocked: whole,
  notApplicable: whole,
});

const entry = z.object({
  id: z.string(),
  level: z.string(),
  section: z.string(),
  title: z.string(),
  message: z.string(),
});

export const conformanceReportSchema = z.object({
  format: z.literal(1),
  implementation: z.object({
    name: z.string(),
    /** what the target's `build` command printed */
    version: z.string().optional(),
    executable: z.string(),
    role: z.string(),
    /** versions of the specification it was judged with */
    cniVersions: z.array(z.string()),
    claims: z.array(z.string()),
  }),
  date: z.string(),
  harness: z.object({
    version: z.string(),
    runId: z.string(),
    command: z.string(),
    seed: z.number().int(),
  }),
  kernel: z.string(),
  /** "netns (emulated)": cards and nodes are network namespaces of one machine */
  world: z.string(),
  /** whose reading of the specification decided the outcomes */
  profile: z.string(),
  summary: counts,
  /** the same run by each reading of the specification */
  profiles: z.record(z.string(), z.object({ all: counts, areas: z.record(z.string(), counts) })),
  /** by the version of the specification that a requirement came with, by `profile` */
  versions: z.record(z.string(), counts),
  failed: z.array(entry),
  findings: z.array(entry),
  /** blocked and skipped: nothing is known of these */
  unknown: z.array(entry),
});

export type ConformanceReport = z.infer<typeof conformanceReportSchema>;

export function conformanceReport(
  record: RunRecord,
  of: { readonly plugin: PluginRecord; readonly requirements: readonly Requirement[] },
  harnessVersion: string,
): ConformanceReport {
  const { plugin, requirements } = of;
  const { name, build, executable, role, versions, claims, profile } = plugin;
  const listed = (...kinds: readonly Requirement["outcome"][]) =>
    requirements.filter(({ outcome }) => kinds.includes(outcome)).map(entryOf);
  return {
    format: 1,
    implementation: {
      name,
      ...(build !== undefined && { version: build }),
      executable,
      role,
      cniVersions: versions,
      claims,
    },
    date: record.startedAt,
    harness: {
      version: harnessVersion,
      runId: record.runId,
      command: record.command,
      seed: record.seed,
    },
    kernel: record.machine.kernel,
    world: `${record.world.backend} (emulated)`,
    profile,
    summary: count(requirements),
    profiles: Object.fromEntries(
      profiles.map((each) => {
        const by = (check: Requirement) => outcomeBy(each, check);
        const areas = [...groupBy(requirements, areaOf)].map(([area, group]) => [
          area,
          count(group, by),
        ]);
        return [each, { all: count(requirements, by), areas: Object.fromEntries(areas) }];
      }),
    ),
    versions: Object.fromEntries(
      [...groupBy(requirements, sinceOf)].map(([version, group]) => [version, count(group)]),
    ),
    failed: listed("failed"),
    findings: listed("finding"),
    unknown: listed("blocked", "skipped"),
  };
}

function entryOf({ requirement, title, message = "" }: Requirement): z.infer<typeof entry> {
  const { id, level, section } = requirement;
  return { id, level, section, title, message };
}
