/** Checks that unknown data has the shape a zod schema asks, and says in one line what differs. */
import type { z } from "zod";

export type Shape<T> =
  | { readonly ok: true; readonly value: T }
  /** e.g. `agent.address: expected a string, it is 5` */
  | { readonly ok: false; readonly reason: string };

export function parseShape<T>(schema: z.ZodType<T>, value: unknown): Shape<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const first = parsed.error.issues[0];
  return { ok: false, reason: first === undefined ? "it has the wrong shape" : say(first, value) };
}

function say(issue: z.core.$ZodIssue, root: unknown): string {
  const { path, problem } = deepest(issue, root);
  return path.length === 0 ? problem : `${printPath(path)}: ${problem}`;
}

interface Finding {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

function deepest(issue: z.core.$ZodIssue, root: unknown): Finding {
  const { path } = issue;
  const actual = at(root, path);
  switch (issue.code) {
    case "invalid_type":
      return actual === undefined
        ? { path, problem: `expected ${article(issue.expected)}, it is missing` }
        : { path, problem: `expected ${article(issue.expected)}, it is ${quote(actual)}` };
    case "unrecognized_keys":
      return { path, problem: `unknown key ${issue.keys.map(quote).join(", ")}` };
    case "invalid_value":
      return { path, problem: `expected ${issue.values.map(quote).join(" or ")}, ${it(actual)}` };
    case "invalid_union": {
      const inner = furthest(issue.errors.flat());
      if (inner === undefined) return { path, problem: `${lower(issue.message)}, ${it(actual)}` };
      const below = deepest(inner, actual);
      return { path: [...path, ...below.path], problem: below.problem };
    }
    default:
      return { path, problem: `${lower(issue.message)}, ${it(actual)}` };
  }
}

/** The branch of a union that got furthest is the one the writer meant. */
function furthest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  return issues.reduce<z.core.$ZodIssue | undefined>(
    (best, issue) => (best === undefined || issue.path.length > best.path.length ? issue : best),
    undefined,
  );
}

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  }
  return value;
}

function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : `${i === 0 ? "" : "."}${String(key)}`))
    .join("");
}

function it(value: unknown): string {
  return value === undefined ? "it is missing" : `it is ${quote(value)}`;
}

const longestQuote = 80;

function quote(value: unknown): string {
  const text = textOf(value);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

/** Not every value has a JSON text (bigint), and not every object a way to become a string. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return typeof value === "object" ? Object.prototype.toString.call(value) : String(value);
  }
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
}

function lower(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
