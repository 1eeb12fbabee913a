/** Which reporters a run has and where each writes: one on stdout for machines, then the terminal's goes to stderr. */

import { dirname } from "node:path";
import type { Reporter } from "../core/event.ts";
import type { RunFolder } from "../core/run-folder.ts";
import { shellQuote } from "../core/shell-quote.ts";
import { UsageError } from "../core/usage-error.ts";
import { conformanceReporter } from "../reporters/conformance.ts";
import { githubReporter } from "../reporters/github.ts";
import { jsonReporter } from "../reporters/json.ts";
import { junitReporter } from "../reporters/junit.ts";
import { colorsFor } from "../reporters/output.ts";
import { terminalReporter } from "../reporters/terminal.ts";
import type { Outside } from "./outside.ts";
import type { RunCommandOptions } from "./run-options.ts";

export function runReporters(
  options: RunCommandOptions,
  outside: Pick<Outside, "stdout" | "stderr" | "environment" | "version" | "program">,
  at: { readonly folder: RunFolder; readonly recordPath: string },
): readonly Reporter[] {
  const names = reportersAsked(options, outside.environment);
  const machine = names.find((name) => name === "json" || name === "junit");
  const reporters = [...names].map((name): Reporter => {
    switch (name) {
      case "json":
        return jsonReporter(outside.stdout);
      case "junit":
        return junitReporter((xml) => outside.stdout.write(xml));
      case "github":
        return githubReporter(machine ? outside.stderr : outside.stdout);
      default: {
        const output = machine ? outside.stderr : outside.stdout;
        return terminalReporter(output, {
          colors: colorsFor(output, outside.environment),
          verbosity: options.verbose ? "verbose" : options.quiet ? "quiet" : "normal",
          recordPath: at.recordPath,
          bundleCommand: `${outside.program} ${shellQuote(["bundle", "--run", dirname(at.recordPath)])}`,
        });
      }
    }
  });
  return [
    ...reporters,
    junitReporter((xml) => at.folder.write("junit.xml", xml)),
    conformanceReporter(at.folder, outside.version),
  ];
}

/** Throws UsageError for combinations that cannot both have stdout. */
export function reportersAsked(
  options: Pick<RunCommandOptions, "reporter" | "quiet" | "verbose">,
  environment: Outside["environment"],
): readonly string[] {
  const names = new Set(options.reporter ?? ["terminal"]);
  if (names.has("json") && names.has("junit")) {
    throw new UsageError(
      'Cannot report "json" and "junit" on one output: the results folder has both as files',
    );
  }
  if (options.quiet && options.verbose) {
    throw new UsageError('Cannot combine "--quiet" with "--verbose": choose one');
  }
  if (environment["GITHUB_ACTIONS"] === "true") names.add("github");
  return [...names];
}
