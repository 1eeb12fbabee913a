/** Makes a requirement into a check over one plugin, and grades what it finds: ours must keep it, foreign ones are measured. */
import type { Check, CheckContext } from "../../core/check.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { compareVersions } from "../../spec/version.ts";
import { deviationOf } from "./deviations.ts";
import type { SmokeCheck } from "./smoke-check.ts";
import type { SmokeFixture } from "./smoke-fixture.ts";
import { Subject } from "./subject.ts";

export function checkOver(
  plugin: string,
  check: SmokeCheck,
  isForeign: boolean,
): Check<SmokeFixture> {
  const { id, level, section, title, since = "0.1.0" } = check;
  return {
    id: `${plugin}/${id}`,
    title,
    requirement: { id, level, section },
    async run({ candidates, casualtiesOf }, t) {
      const candidate = candidates.get(plugin);
      if (!(candidate instanceof Subject)) {
        const message = candidate?.message ?? `${plugin} was not installed`;
        throw new OutcomeSignal({ ...(candidate ?? { kind: "blocked" }), message });
      }
      const [casualty] = casualtiesOf(plugin);
      if (casualty !== undefined) t.blocked(casualty);
      if (compareVersions(candidate.newest, since) < 0) {
        t.notApplicable(`${plugin} claims up to ${candidate.newest}, this came with ${since}`);
      }
      await (isForeign ? grade(check, candidate, t) : check.run(candidate, t));
    },
  };
}

/** IMPL rows are not written as rules, so a foreign plugin's failure there is a finding; so is a known deviation. */
async function grade(check: SmokeCheck, subject: Subject, t: CheckContext): Promise<void> {
  const known = deviationOf(subject.plugin.name, check.id);
  try {
    await check.run(subject, t);
  } catch (error) {
    if (!(error instanceof OutcomeSignal) || error.outcome.kind !== "failed") throw error;
    if (known !== undefined) t.finding(`${error.message} (known: ${known.reason})`);
    if (check.level === "IMPL") t.finding(`${error.message} (implied, not written as a rule)`);
    throw error;
  }
  if (known !== undefined) t.log(`the known deviation did not show: ${known.reason}`);
}
