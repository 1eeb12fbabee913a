/** What a program said last, in one line, for the message that says why it did not start. */
import { readFile } from "node:fs/promises";

const kept = 3;

export async function lastLogLines(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-kept).join(" | ") || "it said nothing";
}
