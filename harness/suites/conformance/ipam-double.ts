/**
 * The scripted IPAM plugin in a directory of its own on CNI_PATH: a check says what it answers, has the plugin under test
 * delegate to it, and reads how it was called. It keeps no state: what it was asked for is in its log.
 */
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CheckContext } from "../../core/check.ts";
import type { Verb } from "../../spec/version.ts";
import { ipamAnswer } from "./ipam-answer.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

const source = fileURLToPath(new URL("../../../fixtures/plugins/scripted-ipam", import.meta.url));

/** the `type` of the double */
export const doubleType = "scripted-ipam";

export interface Script {
  /** printed as it is; an object is printed as JSON */
  readonly stdout?: string | object;
  readonly stderr?: string;
  readonly exit?: number;
  readonly sleepSeconds?: number;
  /** "hang": never answers; "kill": kills itself; "child": leaves a process behind */
  readonly end?: "hang" | "kill" | "child";
}

/** An error object, as a plugin that refuses prints it. */
export function refusal(code: number, msg: string): Script {
  return { stdout: { cniVersion: "1.0.0", code, msg }, exit: 1 };
}

export interface DoubleCall {
  readonly verb: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin: string;
}

export class IpamDouble {
  /** its place on CNI_PATH */
  readonly directory: string;
  readonly #subject: Subject;

  private constructor(subject: Subject, directory: string) {
    this.#subject = subject;
    this.directory = directory;
  }

  /** Answers every verb with success; ADD needs a script before it is of use. */
  static async place(subject: Subject, t: CheckContext): Promise<IpamDouble> {
    const { run } = subject.node.paths;
    await mkdir(run, { recursive: true });
    const double = new IpamDouble(subject, await mkdtemp(join(run, "ipam-double-")));
    t.cleanup(() => double.#remove());
    const executable = join(double.directory, doubleType);
    await copyFile(source, executable);
    await chmod(executable, 0o755);
    await mkdir(`${executable}.calls`);
    return double;
  }

  /** One that answers ADD with addresses that the plugin under test can use. */
  static async answering(subject: Subject, t: CheckContext): Promise<IpamDouble> {
    const double = await IpamDouble.place(subject, t);
    await double.on("ADD", { stdout: await ipamAnswer(subject) });
    return double;
  }

  /** What it does from now on when called with this verb. */
  async on(verb: Verb, script: Script): Promise<void> {
    const folder = join(this.directory, `${doubleType}.d`, verb);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const { stdout, stderr, exit, sleepSeconds, end } = script;
    const files = {
      stdout: typeof stdout === "object" ? JSON.stringify(stdout) : stdout,
      stderr,
      exit: exit?.toString(),
      sleep: sleepSeconds?.toString(),
      end,
    };
    for (const [name, text] of Object.entries(files)) {
      if (text !== undefined) await writeFile(join(folder, name), text);
    }
  }

  /** Runs the plugin under test with this double for its IPAM plugin, and others behind it on CNI_PATH. */
  call(
    t: CheckContext,
    verb: Verb,
    options: CallOptions & { readonly behind?: readonly string[] } = {},
  ): Promise<Called> {
    const { behind = [], ...given } = options;
    const path = [this.directory, ...behind, ...this.#subject.plugin.cniPath].join(":");
    return this.#subject.call(t, verb, {
      ...given,
      config: { ipam: { type: doubleType }, ...given.config },
      environment: { CNI_PATH: path, ...given.environment },
    });
  }

  /** How it was called so far, in order. */
  async calls(): Promise<readonly DoubleCall[]> {
    const log = join(this.directory, `${doubleType}.calls`);
    const numbers = (await readdir(log)).map(Number).toSorted((a, b) => a - b);
    return Promise.all(
      numbers.map(async (number) => {
        const read = (file: string) => readFile(join(log, String(number), file), "utf8");
        const environment = (await read("environment")).split("\0").filter((line) => line !== "");
        return {
          verb: (await read("verb").catch(() => "")).trim(),
          environment: Object.fromEntries(environment.map(pairOf)),
          stdin: await read("stdin"),
        };
      }),
    );
  }

  /** "ADD DEL": the verbs of its calls */
  async verbs(): Promise<readonly string[]> {
    return (await this.calls()).map(({ verb }) => verb);
  }

  /** One that hangs, or its child, ends with the check. */
  async #remove(): Promise<void> {
    const log = join(this.directory, `${doubleType}.calls`);
    for (const number of await readdir(log)) {
      for (const file of ["pid", "child"]) {
        const pid = Number(await readFile(join(log, number, file), "utf8").catch(() => "0"));
        if (pid > 1 && (await isOurs(pid))) process.kill(pid, "SIGKILL");
      }
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** A pid may have been given to another process since: only the double's own `sleep` is ended. */
async function isOurs(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line === "sleep\u000060\u0000";
}

function pairOf(line: string): readonly [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}
