/**
 * Starts plugins in its own namespaces and times them: one JSON object per line on stdin, one per line on stdout. Plain
 * JavaScript and nothing loaded that is not needed, since the size of a process is part of what its children cost.
 *
 * {"id":1,"do":"exec","argv":[…],"environment":{…},"stdin":"…","timeoutMs":T}
 *   → {"id":1,"durationMs":…,"exitCode":0,"stdout":"…","stderr":"…","timedOut":false}
 * {"id":2,"do":"cpu"} → {"id":2,"childrenMs":…}   CPU of all children that have ended, and of theirs
 * {"id":3,"do":"storm","count":N} → {"id":3,"durationMs":…}   the next N exec orders wait for each other, start together,
 *   and the answer comes with the last of theirs
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

/** @type {{count: number, waiting: (() => Promise<unknown>)[], end: (answer: object) => void} | undefined} */
let storm;

/** @param {number} count */
function storms(count) {
  return new Promise((resolve) => {
    storm = { count, waiting: [], end: resolve };
  });
}

/** Joins the storm that is gathering; the last to come starts all. @param {Parameters<typeof exec>[0]} order */
function join(order) {
  return new Promise((resolve) => {
    if (storm === undefined) return;
    const { count, waiting, end } = storm;
    waiting.push(() => exec(order).then(resolve));
    if (waiting.length < count) return;
    storm = undefined;
    const startedAt = performance.now();
    const all = waiting.map((start) => start());
    void Promise.all(all).then(() => end({ durationMs: performance.now() - startedAt }));
  });
}

/** @param {{do: string, count: number} & Parameters<typeof exec>[0]} order */
function answer(order) {
  switch (order.do) {
    case "exec":
      return storm === undefined ? exec(order) : join(order);
    case "storm":
      return storms(order.count);
    default:
      return { childrenMs: childrenMs() };
  }
}

// Shutting stdin is the order to leave: nothing outlives a harness that died.
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const order = JSON.parse(line);
    const said = await answer(order);
    process.stdout.write(`${JSON.stringify({ id: order.id, ...said })}\n`);
  })
  .on("close", () => process.exit(0));
process.stdout.write('{"id":0}\n');
