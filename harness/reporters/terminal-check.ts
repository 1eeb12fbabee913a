/** A finished check as lines: one for a pass; for a failure all that is needed to understand and repeat it. */
import type { CheckRecord } from "../core/record.ts";
import { shellQuote } from "../core/shell-quote.ts";
import type { Colors } from "./output.ts";
import { fewLines, visibleText } from "./visible-text.ts";

/** lines of one text of evidence, and pieces of evidence, unless --verbose */
const mostLines = 16;
const mostEvidence = 4;

export function checkLine(check: CheckRecord, colors: Colors): string {
  const head = `${colors.bold(check.id)} ${visibleText(check.title)}`;
  const took = colors.dim(duration(check.durationMs));
  const [why = "", ...more] = fewLines(check.message ?? "", 1000);
  const blocked = more.length > 0 ? `${why} …` : why;
  switch (check.outcome) {
    case "passed":
      return check.flaky
        ? `${colors.yellow("✓")} ${head} ${took} ${colors.yellow(`flaky: ${why}`)}`
        : `${colors.green("✓")} ${head} ${took}`;
    case "failed":
      return `${colors.red("✗")} ${colors.red(head)} ${took}`;
    case "finding":
      return `${colors.yellow("!")} ${head} ${took} ${colors.yellow(`finding: ${why}`)}`;
    case "skipped":
      return `${colors.cyan("-")} ${head} ${colors.cyan(`skipped: ${why}`)}`;
    case "blocked":
      return `${colors.magenta("⊘")} ${head} ${colors.magenta(`blocked: ${blocked}`)}`;
    case "notApplicable":
      return `${colors.dim("·")} ${head} ${colors.dim(`not applicable: ${why}`)}`;
  }
}

/** What stands below the line: the message, the two values, evidence, the log's tail, and how to run it again. */
export function checkBody(check: CheckRecord, verbose: boolean, colors: Colors): readonly string[] {
  const lines: string[] = [];
  if (check.outcome === "failed") {
    lines.push(...fewLines(check.message ?? "", 40).map((line) => colors.red(line)));
    lines.push(...labelled("expected", check.expected, colors));
    lines.push(...labelled("actual", check.actual, colors));
  }
  if (check.outcome !== "failed" && !verbose) return lines;
  const evidence = verbose ? check.evidence : check.evidence.slice(-mostEvidence);
  for (const piece of evidence) lines.push(...evidenceLines(piece, verbose, colors));
  const log = verbose ? check.log : check.log.slice(-mostLines);
  for (const line of log) {
    for (const part of fewLines(line, verbose ? 1000 : 8)) lines.push(colors.dim(`| ${part}`));
  }
  if (check.outcome === "failed") lines.push(`again: ${check.repeat}`);
  return lines;
}

type EvidenceRecord = CheckRecord["evidence"][number];

function evidenceLines(piece: EvidenceRecord, verbose: boolean, colors: Colors): readonly string[] {
  const most = verbose ? 1000 : mostLines;
  const block = (name: string, text: string) =>
    text.trim() === "" ? [] : fewLines(text, most).map((line) => colors.dim(`  ${name}| ${line}`));
  switch (piece.kind) {
    case "command": {
      const set = Object.entries(piece.environment)
        .filter(([name]) => name.startsWith("CNI_"))
        .map(([name, value]) => `${name}=${value}`);
      const command = visibleText(shellQuote([...set, ...piece.argv]));
      const end = piece.signal ?? `exit ${piece.exitCode ?? "unknown"}`;
      return [
        `$ ${command} ${colors.dim(`→ ${end}, ${duration(piece.durationMs)}`)}`,
        ...block("stdin ", piece.stdin),
        ...block("stdout", piece.stdout),
        ...block("stderr", piece.stderr),
      ];
    }
    case "difference":
      return [
        `${visibleText(piece.title)}:`,
        ...fewLines(piece.lines.join("\n"), verbose ? 1000 : 40).map((line) =>
          line.startsWith("+") ? colors.red(`  ${line}`) : colors.yellow(`  ${line}`),
        ),
      ];
    case "text":
      return [`${visibleText(piece.title)}:`, ...block("", piece.text)];
  }
}

function labelled(label: string, text: string | undefined, colors: Colors): readonly string[] {
  if (text === undefined) return [];
  const [first = "", ...rest] = fewLines(text, 30);
  const head = colors.bold(`${label.padEnd(8)} `);
  return [head + first, ...rest.map((line) => `${" ".repeat(9)}${line}`)];
}

/** "12 ms", "3.4 s", "2 min 05 s" */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
}
