/** Which checks a run has: `--test REGEX` includes, `--test !REGEX` excludes, and an exclusion always wins. */
import { UsageError } from "./usage-error.ts";

export interface Selection {
  /** as typed, for a command that repeats the run */
  readonly patterns: readonly string[];
  selects(suite: string, check: { readonly id: string; readonly title: string }): boolean;
}

/** Each pattern is tried against "suite/id" and against the title. Without includes everything is included. */
export function parseSelection(patterns: readonly string[]): Selection {
  const includes = patterns.filter((pattern) => !pattern.startsWith("!")).map(compile);
  const excludes = patterns
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => compile(pattern.slice(1)));
  return {
    patterns,
    selects(suite, check) {
      const names = [`${suite}/${check.id}`, check.title];
      const hit = (regex: RegExp) => names.some((name) => regex.test(name));
      return (includes.length === 0 || includes.some(hit)) && !excludes.some(hit);
    },
  };
}

function compile(pattern: string): RegExp {
  if (pattern === "") {
    throw new UsageError('Cannot select checks by "": the pattern of --test is empty');
  }
  try {
    return new RegExp(pattern);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^.*: /s, "") : "";
    throw new UsageError(
      `Cannot select checks by ${JSON.stringify(pattern)}: not a regular expression (${reason})`,
    );
  }
}

/** The pattern that selects exactly one check. */
export function exactPattern(suite: string, id: string): string {
  return `^${`${suite}/${id}`.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;
}
