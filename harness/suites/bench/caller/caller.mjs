/**
 * Starts plugins in its own namespaces and times them: one JSON object per line on stdin, one per line on stdout. Plain
 * JavaScript and nothing loaded that is not needed, since the size of a process is part of what its children cost.
 *
 * {"id":1,"do":"exec","argv":[…],"environment":{…},"stdin":"…","timeoutMs":T}
 *   → {"id":1,"durationMs":…,"exitCode":0,"stdout":"…","stderr":"…","timedOut":false}
 * {"id":2,"do":"cpu"} → {"id":2,"childrenMs":…}   CPU of all children that have ended, and of theirs
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import koffi from "koffi";

const getrusage = koffi.load(null).func("int getrusage(int, void *)");
const rusageChildren = -1;

/** struct rusage begins with two struct timeval: user and system. */
function childrenMs() {
  const usage = Buffer.alloc(144);
  getrusage(rusageChildren, usage);
  const ms = (/** @type {number} */ at) =>
    Number(usage.readBigInt64LE(at)) * 1e3 + Number(usage.readBigInt64LE(at + 8)) / 1e3;
  return ms(0) + ms(16);
}

/** @param {{argv: string[], environment: Record<string, string>, stdin?: string, timeoutMs: number}} order */
function exec({ argv, environment, stdin = "", timeoutMs }) {
  const [file = "", ...rest] = argv;
  return new Promise((resolve) => {
    const texts = { stdout: "", stderr: "" };
    let timedOut = false;
    const startedAt = performance.now();
    const child = spawn(file, rest, { env: environment, cwd: "/" });
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdout.on("data", (chunk) => {
      texts.stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      texts.stderr += chunk;
    });
    child.stdin.on("error", () => {}); // a plugin need not read its stdin
    child.stdin.end(stdin);
    const end = (/** @type {object} */ ended) => {
      clearTimeout(timer);
      resolve({ durationMs: performance.now() - startedAt, timedOut, ...texts, ...ended });
    };
    child.on("error", (error) => end({ exitCode: 127, stderr: error.message }));
    child.on("close", (exitCode, signal) => end(exitCode === null ? { signal } : { exitCode }));
  });
}

// Shutting stdin is the order to leave: nothing outlives a harness that died.
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const order = JSON.parse(line);
    const answer = order.do === "exec" ? await exec(order) : { childrenMs: childrenMs() };
    process.stdout.write(`${JSON.stringify({ id: order.id, ...answer })}\n`);
  })
  .on("close", () => process.exit(0));
process.stdout.write('{"id":0}\n');
