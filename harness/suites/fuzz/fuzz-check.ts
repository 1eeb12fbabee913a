/** Makes a property into a check over one target; suite fuzz and suite conformance have the same ones. */
import { relative } from "node:path";
import type { Check, CheckContext } from "../../core/check.ts";
import { errorText } from "../../core/error-text.ts";
import type { RunOptions } from "../../core/suite-factory.ts";
import { compareVersions } from "../../spec/version.ts";
import type { Target } from "../../targets/choose-targets.ts";
import { knownFinding, knownOf } from "../../targets/known-findings.ts";
import type { Bench } from "../conformance/bench.ts";
import type { Subject } from "../conformance/subject.ts";
import {
  counterexampleFolder,
  loadCounterexamples,
  saveCounterexample,
} from "./counterexamples.ts";
import { type Counterexample, explore } from "./explore.ts";
import { type Kit, openKit } from "./kit.ts";
import { fuzzProperties } from "./properties/all.ts";
import { type FuzzProperty, Refuted } from "./property.ts";

export interface FuzzOptions {
  readonly suite: string;
  /** runs of each property when nobody says how many */
  readonly usualRuns: number;
  readonly asked: RunOptions;
  /** in place of fixtures/counterexamples, for self-tests */
  readonly folder?: string;
}

export function fuzzChecks(
  { installer, known, counterexamples = counterexampleFolder }: Target,
  options: FuzzOptions,
): readonly Check<Bench>[] {
  return fuzzProperties.map((property) => {
    const { id, title, section, since } = property;
    const target = installer.name;
    const checkId = `${target}/fuzz-${id}`;
    return {
      id: checkId,
      title,
      requirement: {
        id: `fuzz-${id}`,
        level: "MUST",
        section,
        ...(since !== undefined && { since }),
      },
      timeoutMs: 60_000 + (options.asked.runs ?? 0) * 1_000,
      async run(bench, t) {
        const subject = await bench.lease(target, t);
        requireClaims(property, subject, t);
        const entry = knownFinding(knownOf(known, subject.plugin.build), `fuzz-${id}`);
        const folder = options.folder ?? counterexamples;
        const exploring = { ...options, folder, target, checkId, t, isKnown: entry !== undefined };
        const message = await refuted(property, subject, exploring);
        const verdict = message === undefined ? "passed" : "failed";
        t.verdicts({ strict: verdict, skel: verdict, runtime: verdict });
        if (message === undefined) return;
        if (entry !== undefined) t.finding(`${message} (known: ${entry.reason})`);
        t.fail(message);
      },
    };
  });
}

function requireClaims(
  { since = "0.1.0", roles }: FuzzProperty,
  subject: Subject,
  t: CheckContext,
) {
  const { plugin, newest } = subject;
  const { role = "interface" } = plugin;
  if (roles !== undefined && !roles.includes(role)) {
    t.notApplicable(`${plugin.name} is ${role}, this is for ${roles.join(", ")}`);
  }
  if (compareVersions(newest, since) < 0) {
    t.notApplicable(`${plugin.name} claims up to ${newest}, this came with ${since}`);
  }
}

interface Exploring extends FuzzOptions {
  readonly folder: string;
  /** then it is not saved: every run would add a file */
  readonly isKnown: boolean;
  readonly target: string;
  readonly checkId: string;
  readonly t: CheckContext;
}

/** What is wrong, with the input and how to see it again; undefined when nothing is. */
async function refuted(
  property: FuzzProperty,
  subject: Subject,
  {
    asked,
    usualRuns,
    suite,
    folder = counterexampleFolder,
    target,
    checkId,
    t,
    isKnown,
  }: Exploring,
): Promise<string | undefined> {
  const runs = Math.max(1, Math.round((asked.runs ?? usualRuns) * property.share));
  const saved = await loadCounterexamples(folder, target);
  const kit = await openKit(subject, t);
  await property.prepare?.(kit);
  const found = await exploring(property, kit, {
    inputs: property.inputs(subject.plugin),
    saved: saved.filter((one) => one.property === property.id),
    seed: t.seed,
    runs,
    path: asked.path,
    signal: t.signal,
  });
  if (found === undefined) {
    t.log(`${runs} runs from seed ${t.seed}`);
    return undefined;
  }
  if (typeof found === "string") return found;
  const input = JSON.stringify(found.input);
  t.evidence({ kind: "text", title: "the smallest input that fails", text: input });
  if (found.file !== undefined) {
    return `${found.message}; input: ${input}; saved before in ${near(found.file)}`;
  }
  const { path = "" } = found;
  const again = `${asked.repeat?.(suite, checkId) ?? `dnc run ${suite}`} --path ${path}`;
  const counterexample = { ...found, path, seed: asked.seed ?? 0 };
  const file = isKnown ? undefined : await save({ folder, target, t }, property, counterexample);
  const kept = file === undefined ? "" : `; saved in ${near(file)}`;
  return `${found.message}; input: ${input}; again: ${again}${kept}`;
}

async function exploring(
  property: FuzzProperty,
  kit: Kit,
  options: Parameters<typeof explore>[2],
): Promise<Counterexample | string | undefined> {
  try {
    return await explore(property, kit, options);
  } catch (error) {
    if (error instanceof Refuted) return error.message;
    throw error;
  }
}

/** A tree that cannot be written to is no reason to lose the finding. */
async function save(
  {
    folder,
    target,
    t,
  }: { readonly folder: string; readonly target: string; readonly t: CheckContext },
  { id }: FuzzProperty,
  { input, message, path, seed }: Counterexample & { readonly path: string; readonly seed: number },
): Promise<string | undefined> {
  try {
    return await saveCounterexample(folder, target, { property: id, message, seed, path, input });
  } catch (error) {
    t.log(`Cannot save the counterexample: ${errorText(error)}`);
    return undefined;
  }
}

function near(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}
