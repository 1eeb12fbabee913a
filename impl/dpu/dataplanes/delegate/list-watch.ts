/** The configured list as it is now, and whether its plugins are ready: asked in the background, told at once. */
import { readFile } from "node:fs/promises";
import { errnoOf } from "../../../base/errno.ts";
import type { Log } from "../../../base/log.ts";
import type { DataplaneHealth } from "../../dataplane.ts";
import type { DelegateConfig } from "./delegate-config.ts";
import { type ChainRunner, declaredBy } from "./execute-plugin.ts";
import { confirmVersions, statusOfList } from "./list-verbs.ts";
import { type NetworkList, parseNetworkList } from "./network-list.ts";
import { PluginFailure } from "./plugin-failure.ts";

/** The plugins know how many addresses they have, and have no words to tell. */
const unknown = { ipv4: Number.MAX_SAFE_INTEGER, ipv6: Number.MAX_SAFE_INTEGER } as const;
/** A STATUS costs processes; while a plugin is not ready it is asked more often. */
const readyMs = 5_000;
const notReadyMs = 500;
/** CNI specification 1.1.0, section 4, STATUS: existing attachments may have limited connectivity */
const limited = 51;

export class ListWatch {
  readonly #config: DelegateConfig;
  readonly #runner: ChainRunner;
  readonly #log: Log;
  #health: DataplaneHealth = { state: "notReady", reason: "not asked yet", free: unknown };
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  /** text of a list whose plugins speak its version */
  #confirmed = "";
  #capabilities: readonly string[] = [];

  constructor(config: DelegateConfig, runner: ChainRunner, log: Log) {
    this.#config = config;
    this.#runner = runner;
    this.#log = log;
  }

  /** that a plugin of the list, as it was last read, declares */
  get capabilities(): readonly string[] {
    return this.#capabilities;
  }

  /** Rejects when the file is missing or wrong. */
  async list(): Promise<NetworkList> {
    return parseNetworkList(await this.#text(), this.#config.conflist);
  }

  /** The last answer; a new one is sought when it is old. */
  health(): DataplaneHealth {
    const age = performance.now() - this.#asked;
    if (age > (this.#health.state === "ready" ? readyMs : notReadyMs)) void this.refresh();
    return this.#health;
  }

  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(): Promise<void> {
    const before = this.#health;
    this.#health = await this.#answer();
    this.#asked = performance.now();
    if (this.#health.state === "ready" && before.state !== "ready") {
      this.#log.info("the delegate is ready", { conflist: this.#config.conflist });
    }
  }

  async #answer(): Promise<DataplaneHealth> {
    const { status } = this.#config.timeoutsMs;
    const signal = AbortSignal.timeout(status);
    try {
      const text = await this.#text();
      const list = parseNetworkList(text, this.#config.conflist);
      this.#capabilities = [...new Set(list.plugins.flatMap(declaredBy))];
      if (this.#confirmed !== text) await confirmVersions(this.#runner, list, signal);
      this.#confirmed = text;
      await statusOfList(this.#runner, list, signal);
      return { state: "ready", free: unknown };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const isLimited = error instanceof PluginFailure && error.code === limited;
      return { state: isLimited ? "down" : "notReady", reason, free: unknown };
    }
  }

  async #text(): Promise<string> {
    const { conflist } = this.#config;
    try {
      return await readFile(conflist, "utf8");
    } catch (error) {
      const state = errnoOf(error) === "ENOENT" ? "there is no such file" : `${errnoOf(error)}`;
      throw new Error(`Cannot read the network configuration "${conflist}": ${state}`, {
        cause: error,
      });
    }
  }
}
