/** `dnc list`: the suites and their checks, without making a world. */
import type { Command } from "commander";
import { planSuites } from "../core/plan.ts";
import { parseSelection } from "../core/select.ts";
import { colorsFor } from "../reporters/output.ts";
import { checkColumns } from "./check-columns.ts";
import { chooseSuites } from "./choose-suites.ts";
import { collect } from "./option-values.ts";
import { exitPassed, type Outside } from "./outside.ts";

interface ListOptions {
  readonly json?: boolean;
  readonly test?: readonly string[];
  readonly plugin?: readonly string[];
  readonly target?: readonly string[];
}

export function addList(program: Command, outside: Outside, end: (code: number) => void): void {
  program
    .command("list")
    .argument("[suite...]", "only these (default: all)")
    .description("list suites and their checks")
    .option("--json", "as JSON")
    .option("--test <regex>", "only matching checks, as for dnc run (repeatable)", collect)
    .option("--plugin <name>", "as for dnc run (repeatable)", collect)
    .option("--target <file>", "as for dnc run (repeatable)", collect)
    .addHelpText(
      "after",
      `
Examples:
  dnc list                    every suite and check; * marks the default suites
  dnc list smoke --json       for programs
  dnc list conformance --target bridge
                              requirements: level, since which version, for whom, by which reading
  dnc list --test ipv6        what a pattern selects`,
    )
    .action(async (names: string[], options: ListOptions) => {
      await list(names, options, outside);
      end(exitPassed);
    });
}

async function list(
  names: readonly string[],
  options: ListOptions,
  outside: Outside,
): Promise<void> {
  const factories = await outside.suites();
  const wanted = names.length > 0 ? names : factories.map(({ name }) => name);
  const { suites } = chooseSuites(factories, wanted, {
    pods: 4,
    plugins: options.plugin ?? [],
    ...(options.target !== undefined && { targets: options.target }),
  });
  const planned = planSuites(suites, parseSelection(options.test ?? [])).map(
    ({ suite, checks }) => ({
      name: suite.name,
      title: suite.title,
      isDefault: factories.find(({ name }) => name === suite.name)?.isDefault ?? false,
      checks: checks.map(({ id, title, requirement, applies, cell }) => ({
        id,
        title,
        ...(requirement && { requirement }),
        ...(applies && { applies }),
        ...(cell && { cell }),
      })),
    }),
  );
  const { stdout } = outside;
  if (options.json) {
    stdout.write(`${JSON.stringify(planned, undefined, 2)}\n`);
    return;
  }
  const colors = colorsFor(stdout, outside.environment);
  for (const suite of planned) {
    const mark = suite.isDefault ? "*" : "";
    stdout.write(`${colors.bold(suite.name)}${mark} ${colors.dim("·")} ${suite.title}\n`);
    const [head, ...rows] = checkColumns(suite.checks);
    if (head !== undefined) stdout.write(`  ${colors.dim(head)}\n`);
    for (const row of rows) stdout.write(`  ${row}\n`);
  }
}
