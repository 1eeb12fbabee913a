/** Reads the last lines of a daemon's log, for the message that says why it did not start. */
import { readFile } from "node:fs/promises";

const kept = 5;

export async function lastLines(logFile: string): Promise<readonly string[]> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-kept)
    .map(readable);
}

/** A JSON log line as a person reads it; any other line as it is. */
function readable(line: string): string {
  try {
    const { level, component, message, time, ...fields } = JSON.parse(line);
    if (typeof message !== "string") return line;
    const rest = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
    return `${level ?? ""} ${component ?? ""}: ${message}${rest}`.trim();
  } catch {
    return line;
  }
}
