/** The targets that a person named by --target, --plugin and --conf; our offload when nothing was named. */
import type { Installer } from "../core/installation.ts";
import type { RunOptions } from "../core/suite-factory.ts";
import { offloadInstaller } from "../install/offload.ts";
import type { KnownFindings } from "./known-findings.ts";

export interface Target {
  readonly installer: Installer;
  readonly known: KnownFindings | undefined;
}

/** Throws UsageError for a file that is missing or wrong. */
export function chooseTargets({ installers }: RunOptions): readonly Target[] {
  return (installers ?? [offloadInstaller]).map((installer) => ({ installer, known: undefined }));
}
