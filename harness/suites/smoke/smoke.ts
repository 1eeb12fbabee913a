/** The suite smoke: the first requirements of the CNI catalogue, over our plugin and over foreign ones. */
import type { Check } from "../../core/check.ts";
import type { Installer } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Suite, SuiteContext } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { UsageError } from "../../core/usage-error.ts";
import { bridgeInstaller, ptpInstaller } from "../../install/debian.ts";
import { offloadInstaller } from "../../install/offload.ts";
import { Closing } from "../closing.ts";
import { catalogue } from "./catalogue.ts";
import { checkOver } from "./check-over.ts";
import type { Candidate, SmokeFixture } from "./smoke-fixture.ts";
import { Subject } from "./subject.ts";

const title = "plugins keep the CNI specification: ours, and foreign ones for comparison";
const builtIn: readonly Installer[] = [offloadInstaller, bridgeInstaller, ptpInstaller];

export const smoke: SuiteFactory = {
  name: "smoke",
  title,
  isDefault: true,
  create({ plugins, installers = builtIn }): Suite<SmokeFixture> {
    const chosen = choose(plugins, installers);
    const checks: readonly Check<SmokeFixture>[] = chosen.flatMap(({ name }) =>
      catalogue.map((check) => checkOver(name, check, name !== offloadInstaller.name)),
    );
    return { name: "smoke", title, checks: () => checks, open: (context) => open(chosen, context) };
  },
};

function choose(names: readonly string[], installers: readonly Installer[]): readonly Installer[] {
  if (names.length === 0) return installers;
  return names.map((name) => {
    const installer = installers.find((one) => one.name === name);
    if (installer !== undefined) return installer;
    const known = installers.map((one) => one.name).join(", ");
    throw new UsageError(`unknown plugin "${name}": there are ${known}`);
  });
}

async function open(
  chosen: readonly Installer[],
  { world, signal, progress }: SuiteContext,
): Promise<SmokeFixture> {
  const closing = new Closing();
  const candidates = new Map<string, Candidate>();
  const watched = new Map<string, () => readonly string[]>();
  const [node] = world.nodes;
  try {
    if (node === undefined) throw new Error("Cannot judge a plugin: the world has no node");
    for (const installer of chosen) {
      try {
        const installation = closing.use(await installer.install(world, { signal, progress }));
        watched.set(installer.name, () => installation.casualties());
        const subject = closing.use(await Subject.on(node, installation.plugin(node)));
        await subject.warmUp();
        candidates.set(installer.name, subject);
      } catch (error) {
        if (!(error instanceof OutcomeSignal) || error.outcome.kind === "passed") throw error;
        progress(`smoke: ${installer.name} is left out: ${error.message}`);
        candidates.set(installer.name, error.outcome);
      }
    }
  } catch (error) {
    // The first error is the one to see; what the undo says is its consequence.
    await closing[Symbol.asyncDispose]().catch(() => {});
    throw error;
  }
  return {
    candidates,
    casualtiesOf: (plugin) => watched.get(plugin)?.() ?? [],
    casualties: () => [...watched.values()].flatMap((look) => look()),
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}
