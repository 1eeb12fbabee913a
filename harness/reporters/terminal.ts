/** The run as it happens, for a person: lines that read well in a log, and on a terminal one moving status line. */
import type { Reporter, RunEvent } from "../core/event.ts";
import type { Colors, Output } from "./output.ts";
import { Repeats } from "./repeats.ts";
import { checkBody, checkLine } from "./terminal-check.ts";
import { StatusLine } from "./terminal-status.ts";
import { summaryLines } from "./terminal-summary.ts";
import { visibleText } from "./visible-text.ts";

export interface TerminalOptions {
  readonly colors: Colors;
  readonly verbosity: "quiet" | "normal" | "verbose";
  /** as shown in the summary */
  readonly recordPath: string;
  /** what to type to send a run that failed to somebody */
  readonly bundleCommand?: string;
}

export function terminalReporter(output: Output, options: TerminalOptions): Reporter {
  const { colors, verbosity } = options;
  const status = new StatusLine(output, { colors, silent: verbosity === "quiet" });
  const running = new Map<string, string>();
  const repeats = new Repeats();
  let ended = 0;
  let total = 0;

  const show = (doing: string) => status.show(total > 0 ? `[${ended}/${total}] ${doing}` : doing);
  const print = (line: string) => status.print(line);
  const finished = (check: Extract<RunEvent, { kind: "checkFinished" }>["check"]) => {
    ended += 1;
    running.delete(`${check.suite}/${check.id}`);
    show([...running.keys()].join(", ") || check.suite);
    const bad = check.outcome === "failed" || check.outcome === "blocked";
    if (verbosity === "quiet" && !bad) return;
    // A table at the end says of all of them what a line each would.
    if (verbosity !== "verbose" && check.cell !== undefined && check.outcome !== "failed") return;
    if (verbosity !== "verbose" && repeats.holds(check)) return;
    const shown = verbosity === "quiet" ? { ...check, id: `${check.suite}/${check.id}` } : check;
    print(`  ${checkLine(shown, colors)}`);
    for (const line of checkBody(check, verbosity === "verbose", colors)) print(`      ${line}`);
  };

  return {
    name: "terminal",
    on(event) {
      switch (event.kind) {
        case "runStarted":
          total = event.suites.reduce((sum, suite) => sum + suite.checks, 0);
          if (verbosity !== "quiet") {
            const names = event.suites.map(({ name, checks }) => `${name} (${checks})`).join(", ");
            print(`${colors.bold(`run ${event.runId}`)}: ${names}, seed ${event.seed}`);
          }
          break;
        case "progress":
          if (verbosity !== "quiet") print(colors.dim(`  ${visibleText(event.line)}`));
          show(event.line);
          break;
        case "suiteStarted":
          if (verbosity !== "quiet") {
            print(`${colors.bold(event.suite)} ${colors.dim("·")} ${visibleText(event.title)}`);
          }
          break;
        case "checkStarted":
          running.set(`${event.suite}/${event.id}`, event.title);
          show([...running.keys()].join(", "));
          break;
        case "checkFinished":
          finished(event.check);
          break;
        case "suiteFinished":
          for (const line of repeats.lines(colors)) print(`  ${line}`);
          break;
        case "warning":
          print(`${colors.yellow("warning:")} ${visibleText(event.line)}`);
          break;
        case "runFinished":
          status.close();
          output.write("\n");
          for (const line of summaryLines(event.record, options, colors)) print(line);
          break;
      }
    },
  };
}
