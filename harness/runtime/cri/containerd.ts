/** A private containerd on one node: own folders, socket and sandbox image; nothing of the machine's own is touched. */
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "../../../impl/base/time.ts";
import type { Node, Process } from "../../core/backend.ts";
import { lastLines } from "../daemon-log.ts";
import { findExecutable } from "../find-executable.ts";
import { pluginFolders } from "../loopback-network.ts";
import type { Network } from "../network.ts";
import { type ContainerdPaths, containerdConfig, containerdPaths } from "./containerd-config.ts";
import type { Cri } from "./cri.ts";
import { connectCri } from "./cri-client.ts";
import { buildPauseImage } from "./pause-image.ts";

const readyTimeoutMs = 20_000;
/** the namespace containerd's CRI keeps its images in */
const criNamespace = "k8s.io";

export class Containerd implements AsyncDisposable {
  readonly node: Node;
  readonly cri: Cri;
  readonly logFile: string;
  readonly #paths: ContainerdPaths;
  #process: Process;

  private constructor(node: Node, paths: ContainerdPaths) {
    this.node = node;
    this.logFile = join(node.paths.logs, "containerd.log");
    this.#paths = paths;
    this.#process = this.#spawn();
    this.cri = connectCri(paths.socket);
  }

  /** Runs when it resolves, with `network` loaded. Throws with the last lines of its log when it does not come up. */
  static async start(node: Node, network: Network, signal: AbortSignal): Promise<Containerd> {
    const paths = containerdPaths(node);
    await mkdir(paths.cniConf, { recursive: true });
    const image = await buildPauseImage(join(paths.directory, "image"), node.host);
    const bin = await gatherPlugins(paths, network);
    await writeFile(paths.config, containerdConfig(paths, bin));
    await writeNetwork(paths, network);
    const own = new Containerd(node, paths);
    try {
      await own.#untilServing(signal);
      await own.#ctr(["images", "import", image]);
      await own.#untilReady(signal);
      return own;
    } catch (error) {
      await own[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** False after it went down by itself. */
  get runs(): boolean {
    return this.#process.ended === undefined;
  }

  /** Whether it goes down by itself within a time. */
  async ends(withinMs: number): Promise<boolean> {
    await Promise.race([this.#process.exited, sleep(withinMs)]);
    return !this.runs;
  }

  /** Ends it and starts it again; its sandboxes run on. */
  async restart(signal: AbortSignal): Promise<void> {
    await this.#process.stop();
    this.#process = this.#spawn();
    await this.#untilServing(signal);
    await this.#untilReady(signal);
  }

  /** Removes its sandboxes, ends it, and takes its folders away. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = await this.cri.list().catch(() => []);
    for (const id of left) {
      await this.cri.removePodSandbox(id).catch(() => {});
    }
    this.cri[Symbol.dispose]();
    await this.#process.stop();
    await rm(this.#paths.directory, { recursive: true, force: true });
  }

  #spawn(): Process {
    return this.node.host.spawn(["containerd", "--config", this.#paths.config], {
      name: "containerd",
      logFile: this.logFile,
    });
  }

  async #ctr(argv: readonly string[]): Promise<void> {
    const all = ["ctr", "--address", this.#paths.socket, "--namespace", criNamespace, ...argv];
    const ran = await this.node.host.exec(all);
    if (ran.exitCode !== 0) {
      throw new Error(`Cannot run "${all.join(" ")}": ${ran.stderr.trim()}`);
    }
  }

  #untilServing(signal: AbortSignal): Promise<void> {
    return this.#until("answer on its socket", signal, async () => {
      await this.cri.version();
    });
  }

  #untilReady(signal: AbortSignal): Promise<void> {
    return this.#until("become ready", signal, async () => {
      const [reason] = await this.cri.unready();
      if (reason !== undefined) throw new Error(reason);
    });
  }

  async #until(what: string, signal: AbortSignal, look: () => Promise<void>): Promise<void> {
    const endMs = Date.now() + readyTimeoutMs;
    for (;;) {
      signal.throwIfAborted();
      const failure = await look().then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (failure === undefined) return;
      const { ended } = this.#process;
      if (ended !== undefined || Date.now() > endMs) {
        const log = (await lastLines(this.logFile)).slice(-3).join(" | ") || "it said nothing";
        const state = ended === undefined ? failure : `it ended with ${JSON.stringify(ended)}`;
        throw new Error(`Cannot make containerd ${what}: ${state}; its log ends: ${log}`);
      }
      await sleep(20, signal);
    }
  }
}

/** containerd takes plugins from one folder: links to those the network names, and to loopback, which it runs itself. */
async function gatherPlugins(paths: ContainerdPaths, network: Network): Promise<string> {
  const bin = join(paths.directory, "bin");
  await mkdir(bin, { recursive: true });
  const ipam = network.plugins.flatMap((plugin) => {
    const { type } = (plugin["ipam"] ?? {}) as { readonly type?: unknown };
    return typeof type === "string" ? [type] : [];
  });
  const types = ["loopback", ...network.plugins.map(({ type }) => type), ...ipam];
  for (const type of new Set(types)) {
    const found = await findExecutable(type, [...network.cniPath, ...pluginFolders]);
    if (found === undefined) continue; // then containerd says so
    await rm(join(bin, type), { force: true });
    await symlink(found, join(bin, type));
  }
  return bin;
}

async function writeNetwork({ cniConf }: ContainerdPaths, network: Network): Promise<void> {
  const { name, cniVersion, plugins } = network;
  await writeFile(
    join(cniConf, "10-dnc.conflist"),
    JSON.stringify({ cniVersion, name, plugins }, undefined, 2),
  );
}
