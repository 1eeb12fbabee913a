/** Structured logging: one JSON object per line, on stderr unless told otherwise. */

export type LogLevel = "debug" | "info" | "warn" | "error";

const ranks: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
  /** The same log with `fields` on every line. */
  with(fields: Record<string, unknown>): Log;
}

export interface LogOptions {
  readonly component: string;
  readonly level?: LogLevel;
  /** receives each line without its newline */
  readonly write?: (line: string) => void;
}

export function createLog(options: LogOptions): Log {
  const { component, level = "info", write = writeToStderr } = options;
  return logWith({ component, threshold: ranks[level], write }, {});
}

interface Sink {
  readonly component: string;
  readonly threshold: number;
  readonly write: (line: string) => void;
}

function logWith(sink: Sink, bound: Record<string, unknown>): Log {
  const line = (level: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (ranks[level] < sink.threshold) return;
    const head = { time: new Date().toISOString(), level, component: sink.component, message };
    sink.write(print(head, { ...bound, ...fields }));
  };
  return {
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (fields) => logWith(sink, { ...bound, ...fields }),
  };
}

function print(head: Record<string, unknown>, fields: Record<string, unknown>): string {
  try {
    // `head` twice: it stands first in the line, and no field can take its place.
    return JSON.stringify({ ...head, ...fields, ...head }, plain);
  } catch (error) {
    // A cycle in a field must not lose the message.
    return JSON.stringify({ ...head, unprintable: String(error) });
  }
}

/** Errors have no enumerable fields, and JSON has no bigint. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? {} : { cause: value.cause };
  return { ...value, name: value.name, message: value.message, ...cause };
}

function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
