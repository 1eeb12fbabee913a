/** What a plugin that failed said, in one line: its own words and code when it printed an error object. */
import { z } from "zod";

export type PluginVerb = "ADD" | "DEL" | "CHECK" | "GC" | "STATUS" | "VERSION";

export interface PluginEnd {
  /** undefined when it was killed */
  readonly exitCode: number | undefined;
  readonly signal?: string;
  /** why we killed it, e.g. "it did not end in 8000 ms" */
  readonly killed?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export class PluginFailure extends Error {
  override readonly name = "PluginFailure";
  /** of the error object it printed */
  readonly code: number | undefined;

  constructor(plugin: string, verb: PluginVerb, end: PluginEnd) {
    const said = errorObject(end.stdout);
    const state = said === undefined ? stateOf(end) : wordsOf(said);
    super(`plugin "${plugin}" failed ${verb}: ${state}`);
    this.code = said?.code;
  }
}

const shape = z.object({
  code: z.int(),
  msg: z.string().default(""),
  details: z.string().default(""),
});

function errorObject(stdout: string): z.infer<typeof shape> | undefined {
  try {
    return shape.safeParse(JSON.parse(stdout)).data;
  } catch {
    return undefined;
  }
}

function wordsOf({ code, msg, details }: z.infer<typeof shape>): string {
  const words = [msg, details].map(shown).filter((text) => text !== "");
  return `${words.join(": ") || "it gave no reason"} (code ${code})`;
}

function stateOf({ exitCode, signal, killed, stdout, stderr }: PluginEnd): string {
  const how =
    killed ?? (exitCode === undefined ? `it was killed by ${signal}` : `exit code ${exitCode}`);
  const said = shown(stdout) || shown(stderr);
  return said === "" ? how : `${how}; it printed "${said}"`;
}

const longest = 400;

/** One line that can go into logs and answers, whatever a plugin printed. */
export function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  const line = text.trim().replace(/[\s\x00-\x1f\x7f]+/g, " ");
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
