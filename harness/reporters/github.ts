/** GitHub Actions annotations: failures as errors, findings and warnings as warnings, in the log of a workflow. */
import type { Reporter } from "../core/event.ts";
import type { CheckRecord } from "../core/record.ts";
import type { Output } from "./output.ts";

export function githubReporter(output: Output): Reporter {
  const annotate = (level: "error" | "warning", title: string, message: string) =>
    output.write(`::${level} title=${property(title)}::${escaped(message)}\n`);
  return {
    name: "github",
    on(event) {
      switch (event.kind) {
        case "checkFinished":
          if (event.check.outcome === "failed") {
            annotate("error", titleOf(event.check), failure(event.check));
          } else if (event.check.outcome === "finding" || event.check.flaky) {
            annotate("warning", titleOf(event.check), event.check.message ?? "");
          }
          break;
        case "warning":
          annotate("warning", "dnc", event.line);
          break;
        case "runFinished":
          if (event.record.reason !== undefined && event.record.verdict !== "passed") {
            annotate("error", `dnc: ${event.record.verdict}`, event.record.reason);
          }
          break;
        default:
      }
    },
  };
}

function titleOf(check: CheckRecord): string {
  return `${check.suite}/${check.id}: ${check.title}`;
}

function failure(check: CheckRecord): string {
  const lines = [check.message ?? ""];
  if (check.expected !== undefined) lines.push(`expected: ${check.expected}`);
  if (check.actual !== undefined) lines.push(`actual: ${check.actual}`);
  return [...lines, `again: ${check.repeat}`].join("\n");
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escaped(message: string): string {
  return message.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(value: string): string {
  return escaped(value).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
