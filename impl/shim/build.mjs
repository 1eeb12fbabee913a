/** Compiles the shim offload-cni.c with the machine's C compiler; plain Node, since it runs before dependencies exist. */
import { execFile } from "node:child_process";
import { rename, rm, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const source = fileURLToPath(new URL("./offload-cni.c", import.meta.url));
const compileTimeoutMs = 60_000;

/**
 * Builds when the source is newer than the binary. Static if the machine has a static libc, so that it starts fast and
 * runs on any node; `detail` says when it is not.
 *
 * @param {{ binary?: string, defines?: readonly string[] }} [options] for test builds: where to, and `-D` flags
 * @returns {Promise<{ state: "built" | "fresh" | "failed", detail: string }>}
 */
export async function buildShim(options = {}) {
  const { binary = fileURLToPath(new URL("./offload-cni", import.meta.url)), defines = [] } =
    options;
  if (await isNewer(binary, source)) return { state: "fresh", detail: binary };
  const temporary = `${binary}.${process.pid}.tmp`;
  const compiler = process.env["CC"] || "cc";
  const flags = ["-Os", "-s", "-std=gnu11", "-Wall", "-Wextra", ...defines];
  let failure = "";
  try {
    for (const linking of [["-static"], []]) {
      try {
        await run(compiler, [...flags, ...linking, "-o", temporary, source], {
          timeout: compileTimeoutMs,
        });
        await rename(temporary, binary);
        const note = linking.length > 0 ? "static" : "dynamic, since there is no static libc";
        return { state: "built", detail: `${binary} (${note})` };
      } catch (error) {
        failure ||= firstLine(error, compiler);
      }
    }
  } finally {
    await rm(temporary, { force: true });
  }
  return { state: "failed", detail: `Cannot compile "${source}": ${failure}` };
}

/** @param {string} path @param {string} than */
async function isNewer(path, than) {
  const [a, b] = await Promise.all([stat(path).catch(() => undefined), stat(than)]);
  return a !== undefined && a.mtimeMs >= b.mtimeMs;
}

/** @param {unknown} error @param {string} compiler */
function firstLine(error, compiler) {
  if (typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT") {
    return `there is no C compiler "${compiler}"; install one (gcc or clang), or set CC`;
  }
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.trim());
  return lines.find((line) => /error|cannot|undefined/i.test(line)) ?? lines[0] ?? text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { state, detail } = await buildShim();
  process.stdout.write(`${state}: ${detail}\n`);
  process.exitCode = state === "failed" ? 1 : 0;
}
