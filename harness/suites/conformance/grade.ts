/** Makes a requirement into a check over one plugin, and grades what it finds by each profile. */
import type { Check, CheckContext } from "../../core/check.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Role } from "../../core/plugin.ts";
import { compareVersions } from "../../spec/version.ts";
import { type KnownFindings, knownFinding, knownOf } from "../../targets/known-findings.ts";
import type { Bench } from "./bench.ts";
import { aboutMaking } from "./given-interface.ts";
import { judgeFor, type Profile, profiles } from "./judge.ts";
import type { RequirementCheck } from "./requirement-check.ts";
import type { Subject } from "./subject.ts";

const defaultRoles: readonly Role[] = ["interface"];

export interface Grading {
  /** the plugin's name: the first part of the check's id */
  readonly plugin: string;
  /** whose reading decides the outcome; the record has all */
  readonly profile: Profile;
  /** what is known of this plugin; a run that differs from it, either way, fails */
  readonly known: KnownFindings | undefined;
}

export function checkOver(check: RequirementCheck, grading: Grading): Check<Bench> {
  const { id, level, section, title, since = "0.1.0" } = check;
  const { roles = defaultRoles, needs = [], readings = [] } = check;
  return {
    id: `${grading.plugin}/${id}`,
    title,
    requirement: { id, level, section, since },
    applies: { roles, needs, readings },
    ...(check.timeoutMs !== undefined && { timeoutMs: check.timeoutMs }),
    async run(bench, t) {
      const subject = await bench.lease(grading.plugin, t);
      requireClaims(check, subject, t);
      const known = knownOf(grading.known, subject.plugin.build);
      await grade(check, { ...grading, known, subject }, t);
    },
  };
}

export function requireClaims(
  check: RequirementCheck,
  { plugin, newest }: Subject,
  t: CheckContext,
) {
  const { since = "0.1.0", roles = defaultRoles, needs = [] } = check;
  const role = plugin.role ?? "interface";
  if (!roles.includes(role)) {
    t.notApplicable(`${plugin.name} is ${role}, this is for ${roles.join(", ")}`);
  }
  if (plugin.ifname !== undefined && aboutMaking.has(check.id)) {
    t.notApplicable(`${plugin.name} makes no interface: it sets up the pod's own ${plugin.ifname}`);
  }
  if (compareVersions(newest, since) < 0) {
    t.notApplicable(`${plugin.name} claims up to ${newest}, this came with ${since}`);
  }
  const missing = needs.find((need) => !(plugin.claims ?? []).includes(need));
  if (missing !== undefined) t.notApplicable(`${plugin.name} does not claim "${missing}"`);
}

interface Verdict {
  readonly failed: boolean;
  readonly message: string;
}

async function grade(
  check: RequirementCheck,
  { subject, profile, known, plugin }: Grading & { readonly subject: Subject },
  t: CheckContext,
): Promise<void> {
  const entry = knownFinding(known, check.id);
  const verdicts = await judgeBy(check, subject, t).catch((error: unknown) => {
    // What a plugin is known for may also stand in a check's way.
    if (entry === undefined || !(error instanceof OutcomeSignal)) throw error;
    if (error.outcome.kind !== "blocked") throw error;
    return t.finding(`${error.message} (known: ${entry.reason})`);
  });
  t.verdicts(
    Object.fromEntries(profiles.map((p) => [p, verdicts[p].failed ? "failed" : "passed"])),
  );
  const worst = [profile, ...profiles].find((each) => verdicts[each].failed);
  if (worst === undefined) {
    if (entry === undefined || entry.sometimes) return;
    t.fail(
      `it passed, but ${plugin} is known to fail it: ${entry.reason}; correct the known findings`,
    );
  }
  const { message } = verdicts[worst];
  if (entry !== undefined) t.finding(`${message} (known: ${entry.reason})`);
  if (known !== undefined) t.fail(`${message} (not among the known findings of ${plugin})`);
  if (worst !== profile) t.finding(`${message} (by profile ${worst} only)`);
  if (check.level === "IMPL" || check.level === "MAY") {
    t.finding(
      `${message} (${check.level === "IMPL" ? "implied, not written as a rule" : "allowed"})`,
    );
  }
  t.fail(message);
}

/** Runs the check once; an outcome other than passed or failed ends here. */
export async function judgeBy(
  check: RequirementCheck,
  subject: Subject,
  t: CheckContext,
): Promise<Readonly<Record<Profile, Verdict>>> {
  const { judge, differences } = judgeFor(t);
  let failure: string | undefined;
  try {
    await check.run(subject, judge);
  } catch (error) {
    if (!(error instanceof OutcomeSignal)) throw error;
    if (error.outcome.kind !== "failed") throw error;
    failure = error.message;
  }
  const verdictOf = (profile: Profile): Verdict => {
    const said = differences.filter((one) => one.profiles.includes(profile));
    const messages = [...(failure === undefined ? [] : [failure]), ...said.map((d) => d.message)];
    return { failed: messages.length > 0, message: messages.join("; ") };
  };
  return { strict: verdictOf("strict"), skel: verdictOf("skel"), runtime: verdictOf("runtime") };
}
