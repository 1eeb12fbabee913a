/** Suites written inside a test: a name, checks as functions, and what opening and closing do. */
import type { Check, CheckContext } from "../core/check.ts";
import type { Fixture, Suite, SuiteContext } from "../core/suite.ts";

export type Run = (t: CheckContext, fixture: Fixture) => Promise<void> | void;

export interface InlineSuite {
  readonly name?: string;
  readonly parallel?: number;
  readonly checkTimeoutMs?: number;
  readonly checks: Readonly<Record<string, Run>>;
  open?(context: SuiteContext): Promise<Fixture>;
}

export function inlineSuite(options: InlineSuite): Suite {
  const { name = "inline", checkTimeoutMs: timeoutMs } = options;
  const checks = Object.entries(options.checks).map(
    ([id, run]): Check<Fixture> => ({
      id,
      title: `${id} holds`,
      ...(timeoutMs !== undefined && { timeoutMs }),
      run: async (fixture, t) => run(t, fixture),
    }),
  );
  return {
    name,
    title: `the suite ${name}`,
    checks: () => checks,
    open: options.open ?? (async () => emptyFixture()),
    ...(options.parallel !== undefined && { parallel: options.parallel }),
  };
}

export function emptyFixture(more: Partial<Fixture> = {}): Fixture {
  return { async [Symbol.asyncDispose]() {}, ...more };
}
