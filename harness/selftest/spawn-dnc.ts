/** Spawns the command line over a world in memory and gives what it printed and how it ended. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("fake-dnc.ts", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stdout or stderr matches; rejects when the program ends without. */
  saw(pattern: RegExp): Promise<void>;
}

export function spawnDnc(
  words: readonly string[],
  options: { readonly cwd: string; readonly environment?: Readonly<Record<string, string>> },
): Running {
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), program, ...words],
    {
      cwd: options.cwd,
      env: { PATH: process.env["PATH"], ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
      killSignal: "SIGKILL",
    },
  );
  const said = { stdout: "", stderr: "" };
  const lookers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (chunk: Buffer) => {
      said[name] += chunk.toString();
      for (const look of lookers) look();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, ...said }));
  });
  return {
    child,
    ended,
    saw(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(said.stdout + said.stderr)) resolve();
        };
        lookers.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`${pattern} never came: ${said.stdout}${said.stderr}`)),
        );
      });
    },
  };
}
