/** tar of the system, for one folder in and out; its own words are in the error. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const timeoutMs = 120_000;
const run = promisify(execFile);

export async function pack(archive: string, at: { directory: string; name: string }) {
  await tar("pack", ["-czf", archive, "-C", at.directory, "--", at.name]);
}

/** The names inside. */
export async function list(archive: string): Promise<readonly string[]> {
  const { stdout } = await tar("read", ["-tzf", archive]);
  return stdout.split("\n").filter((name) => name !== "");
}

export async function unpack(archive: string, directory: string): Promise<void> {
  await tar("unpack", ["-xzf", archive, "-C", directory, "--no-same-owner"]);
}

async function tar(what: string, words: readonly string[]): Promise<{ readonly stdout: string }> {
  try {
    const environment = { PATH: process.env["PATH"] ?? "", LC_ALL: "C" };
    return await run("tar", words, {
      env: environment,
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    throw new Error(`Cannot ${what} it with tar: ${wordsOf(error)}`, { cause: error });
  }
}

function wordsOf(error: unknown): string {
  const { code, stderr }: { code?: unknown; stderr?: unknown } = Object(error);
  if (code === "ENOENT") return "there is no tar here (apt-get install tar)";
  const [line = ""] = String(stderr ?? "")
    .trim()
    .split("\n");
  return line === "" ? `it ended with ${String(code)}` : line;
}
