/** Compiles a small C program of the laboratory's. */
import { execFile } from "node:child_process";
import { basename, join } from "node:path";
import { promisify } from "node:util";

/** The path of what it became; throws where there is no compiler. */
export async function compile(
  source: string,
  directory: string,
  more: readonly string[] = [],
): Promise<string> {
  const binary = join(directory, basename(source, ".c"));
  const compiler = process.env["CC"] ?? "cc";
  const flags = ["-O1", "-Wall", "-Wextra", "-Werror", ...more];
  try {
    await promisify(execFile)(compiler, [...flags, "-o", binary, source], { timeout: 60_000 });
    return binary;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot compile "${basename(source)}" with ${compiler}: ${text.split("\n")[0]}`,
    );
  }
}
