/** `npm test`: sets up, then runs every test under node:test inside namespaces of its own. Arguments select files by substring. */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { root, SetUpError, say, setUp } from "./set-up.mjs";

try {
  await setUp();
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

const wanted = process.argv.slice(2);
const files = ["impl", "harness", "proto", "fixtures", "hw"]
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.test\.m?[jt]s$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();
if (files.length === 0) {
  process.stderr.write(
    `Cannot run tests: no test file's path contains ${wanted.map((w) => `"${w}"`).join(" or ")}\n`,
  );
  process.exit(2);
}

const test = [
  process.execPath,
  "--import",
  "tsx",
  "--test",
  `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
  `--test-timeout=${process.env.DNC_TEST_TIMEOUT_MS ?? 900_000}`, // a test that hangs must not hang the run
  "--test-reporter=spec",
  "--test-reporter-destination=stdout",
  `--test-reporter=${new URL("silence-reporter.mjs", import.meta.url)}`,
  "--test-reporter-destination=stderr",
  ...files,
];

/** A user, mount, network and process namespace of the run's own: kernel tests cannot touch the machine, and nothing survives. */
const isolate = [
  "unshare",
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"],
];
const prepare = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && "$@"';

const probe = spawnSync(isolate[0], [...isolate.slice(1), "sh", "-c", prepare, "sh", "true"], {
  encoding: "utf8",
});
const isolated = probe.status === 0;
if (!isolated) {
  const why = probe.error?.message ?? probe.stderr.trim();
  if (process.env.CI === "true") {
    process.stderr.write(`Cannot run the kernel tests in namespaces of their own: ${why}\n`);
    process.exit(1);
  }
  say(`kernel tests will be skipped: no namespaces of their own (${why})`);
}

const [command, ...args] = isolated ? [...isolate, "sh", "-c", prepare, "sh", ...test] : test;
const child = spawn(command, args, {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...(isolated ? { DNC_SCRATCH_NETNS: "1" } : {}) },
});
// unshare ignores SIGTERM while its child runs; killed, it takes the whole process namespace with it.
const end = isolated ? "SIGKILL" : "SIGTERM";
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(end));
child.on("exit", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));
