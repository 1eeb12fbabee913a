/** What a run leaves behind: results/⟨run id⟩/record.json. The schema below is the truth; record.schema.json is made from it. */
import { z } from "zod";
import { destinations, protocols, sources } from "./cell.ts";

const outcomeKind = z.enum(["passed", "failed", "finding", "skipped", "blocked", "notApplicable"]);

const evidence = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("command"),
    argv: z.array(z.string()),
    environment: z.record(z.string(), z.string()),
    stdin: z.string(),
    stdout: z.string(),
    stderr: z.string(),
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
    durationMs: z.number(),
  }),
  z.object({ kind: z.literal("difference"), title: z.string(), lines: z.array(z.string()) }),
  z.object({ kind: z.literal("text"), title: z.string(), text: z.string() }),
]);

export const figureSchema = z.object({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  /** of the 95 % interval, or the range seen */
  low: z.number().optional(),
  high: z.number().optional(),
  n: z.number().int().positive(),
  /** what a comparison calls a regression; without it the figure is only shown */
  better: z.enum(["lower", "higher"]).optional(),
  /** in the order in which they were measured */
  samples: z.array(z.number()).optional(),
  /** why the number must not be relied on */
  inconclusive: z.string().optional(),
  /** which world it was measured in: "netns (emulated)" is never hardware */
  world: z.string(),
});

/** a figure that a suite would measure and could not */
export const absentFigureSchema = z.object({ name: z.string(), reason: z.string() });

/** a plugin that was judged; its checks' ids begin with its name */
export const pluginRecordSchema = z.object({
  suite: z.string(),
  name: z.string(),
  role: z.string(),
  executable: z.string(),
  build: z.string().optional(),
  versions: z.array(z.string()),
  claims: z.array(z.string()),
  profile: z.string(),
});

export const checkRecordSchema = z.object({
  suite: z.string(),
  id: z.string(),
  title: z.string(),
  requirement: z
    .object({
      id: z.string(),
      level: z.string(),
      section: z.string(),
      since: z.string().optional(),
    })
    .optional(),
  /** its place in a table of checks that are all alike: suite matrix */
  cell: z
    .object({
      plane: z.string(),
      source: z.enum(sources),
      destination: z.enum(destinations),
      protocol: z.enum(protocols),
      family: z.union([z.literal(4), z.literal(6)]),
    })
    .optional(),
  outcome: outcomeKind,
  /** by each reading of the specification, for requirements */
  verdicts: z.record(z.string(), z.enum(["passed", "failed"])).optional(),
  message: z.string().optional(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  /** attempts used, more than 1 only with --retries */
  attempts: z.number().int().positive(),
  /** passed only after a retry */
  flaky: z.boolean(),
  durationMs: z.number(),
  log: z.array(z.string()),
  evidence: z.array(evidence),
  /** a command line that runs exactly this check again */
  repeat: z.string(),
});

export const summarySchema = z.object({
  passed: z.number().int(),
  failed: z.number().int(),
  finding: z.number().int(),
  skipped: z.number().int(),
  blocked: z.number().int(),
  notApplicable: z.number().int(),
  durationMs: z.number(),
});

export const runRecordSchema = z.object({
  format: z.literal(1),
  runId: z.string(),
  startedAt: z.string(),
  command: z.string(),
  seed: z.number().int(),
  /** "passed", "failed", or why it could not run or was interrupted */
  verdict: z.enum(["passed", "failed", "interrupted", "couldNotRun"]),
  reason: z.string().optional(),
  world: z.object({
    backend: z.string(),
    nodes: z.number().int(),
    vfs: z.number().int(),
    unprivileged: z.boolean(),
  }),
  machine: z.object({
    kernel: z.string(),
    node: z.string(),
    cpu: z.string(),
    cores: z.number().int(),
    memoryBytes: z.number(),
    /** runnable tasks, averaged over the minute before the run */
    loadBefore: z.number().optional(),
  }),
  summary: summarySchema,
  checks: z.array(checkRecordSchema),
  figures: z.array(figureSchema),
  figuresAbsent: z.array(absentFigureSchema),
  plugins: z.array(pluginRecordSchema),
  warnings: z.array(z.string()),
});

export type CheckRecord = z.infer<typeof checkRecordSchema>;
export type RunRecord = z.infer<typeof runRecordSchema>;
export type Summary = z.infer<typeof summarySchema>;
export type PluginRecord = z.infer<typeof pluginRecordSchema>;
export type Figure = z.infer<typeof figureSchema>;
export type AbsentFigureRecord = z.infer<typeof absentFigureSchema>;
