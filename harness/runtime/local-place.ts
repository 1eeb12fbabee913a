/** A Place that is this process's own namespace, for tests that need to run a plugin and nothing else. */
import { spawn } from "node:child_process";
import type { ExecResult, Place } from "../core/backend.ts";

export function localPlace(): Place {
  return {
    name: "local",
    netns: "/proc/self/ns/net",
    command: (argv) => argv,
    exec: (argv, options = {}) => {
      const { stdin = "", environment = { PATH: process.env["PATH"] ?? "" }, cwd } = options;
      const [file = "", ...rest] = argv;
      const startedAt = performance.now();
      return new Promise<ExecResult>((resolve) => {
        const child = spawn(file, rest, {
          env: environment,
          ...(cwd === undefined ? {} : { cwd }),
        });
        let [stdout, stderr, timedOut] = ["", "", false];
        const timer = setTimeout(() => {
          timedOut = true;
          child.kill("SIGKILL");
        }, options.timeoutMs ?? 30_000);
        child.stdout.on("data", (chunk) => {
          stdout += String(chunk);
        });
        child.stderr.on("data", (chunk) => {
          stderr += String(chunk);
        });
        child.on("error", (error) => {
          stderr += error.message;
        });
        child.on("close", (exitCode, signal) => {
          clearTimeout(timer);
          resolve({
            argv,
            stdout,
            stderr,
            timedOut,
            durationMs: performance.now() - startedAt,
            ...(exitCode === null ? {} : { exitCode }),
            ...(signal === null ? {} : { signal }),
          });
        });
        child.stdin.on("error", () => {}); // a plugin need not read its stdin
        child.stdin.end(stdin);
      });
    },
    spawn: () => {
      throw new Error("Cannot spawn: a local place only runs commands to their end");
    },
  };
}
