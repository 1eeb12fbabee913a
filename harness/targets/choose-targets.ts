/** The targets that a person named by --target, --plugin and --conf; our offload when nothing was named. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Installer } from "../core/installation.ts";
import type { RunOptions } from "../core/suite-factory.ts";
import { UsageError } from "../core/usage-error.ts";
import { offloadOver } from "../install/offload.ts";
import type { KnownFindings } from "./known-findings.ts";
import { loadTarget, shippedTargets } from "./load-target.ts";
import { namedPlugin } from "./named-plugin.ts";
import { foreignTargetSchema } from "./target.ts";
import { targetInstaller } from "./target-installer.ts";

export interface Target {
  readonly installer: Installer;
  readonly known: KnownFindings | undefined;
  /** where inputs that refute a property are kept; default: with the project's fixtures */
  readonly counterexamples?: string;
}

/**
 * Throws UsageError for a file that is missing or wrong.
 * @param usual names of shipped targets, for when nothing was named
 */
export function chooseTargets(
  { installers, targets = [], plugins, conf, dataplane }: RunOptions,
  usual: readonly string[] = ["offload"],
): readonly Target[] {
  if (installers !== undefined) {
    return installers.map((installer) => ({ installer, known: undefined }));
  }
  if (conf !== undefined && plugins.length !== 1) {
    throw new UsageError(
      `Cannot use --conf "${conf}" for ${plugins.length} plugins: name one with --plugin`,
    );
  }
  const over = { conf, dataplane };
  const named = [
    ...targets.map((word) => fromFile(word, dataplane)),
    ...plugins.map((plugin) => fromPlugin(plugin, over)),
  ];
  const chosen = named.length > 0 ? named : usual.map((word) => fromFile(word, dataplane));
  const names = chosen.map(({ installer }) => installer.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return chosen;
  throw new UsageError(`Cannot judge two targets named "${twice}" in one run: rename one`);
}

function fromFile(word: string, dataplane: string | undefined): Target {
  const { file, directory, known } = loadTarget(word);
  if ("builtIn" in file) {
    const installer = offloadOver(dataplane ?? file.dataplane);
    return { installer: { ...installer, name: file.name }, known };
  }
  return { installer: targetInstaller(file, { directory, known }), known };
}

function fromPlugin(
  word: string,
  {
    conf,
    dataplane,
  }: { readonly conf: string | undefined; readonly dataplane: string | undefined },
): Target {
  if (conf === undefined && shippedTargets().includes(word)) return fromFile(word, dataplane);
  const path = word.includes("/") ? word : foundByName(word);
  if (!existsSync(path)) {
    throw new UsageError(`Cannot judge the plugin ${JSON.stringify(word)}: there is no such file`);
  }
  const options = { directory: process.cwd(), known: undefined, tearDownUnknown: true };
  return {
    installer: targetInstaller(namedPlugin(path, conf), options),
    known: undefined,
    // Somebody's own plugin is no fixture of this project.
    counterexamples: resolve("results", "counterexamples"),
  };
}

function foundByName(name: string): string {
  const { search } = foreignTargetSchema.shape;
  const folders = search.parse(undefined);
  const path = folders.map((folder) => join(folder, name)).find((one) => existsSync(one));
  if (path !== undefined) return path;
  throw new UsageError(
    `Cannot find the plugin ${JSON.stringify(name)}: there are ${shippedTargets().join(", ")}; any other by its path, with --conf FILE`,
  );
}
