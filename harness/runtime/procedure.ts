/**
 * What a runtime sends a plugin and what it makes of the answer, where libcni, which nearly all runtimes are built on,
 * does otherwise than the specification's text. The order of things, which they share, is in runtime.ts; each procedure
 * is a page of facts. libcni's is held against a recording of libcni itself: fixtures/libcni.
 */
import type { Verb } from "../spec/version.ts";
import type { Attachment } from "./attachment.ts";
import type { Derivation } from "./derive.ts";
import type { ReadResult } from "./libcni/result.ts";
import type { Network, PluginConfig } from "./network.ts";

export interface Refusal {
  readonly code: number;
  readonly msg: string;
}

export interface Procedure {
  readonly name: "text" | "libcni";
  /** CHECK is refused for an attachment without a saved result */
  readonly checkNeedsResult: boolean;
  /** CNI_* apart from CNI_COMMAND; @param attachment none for STATUS and GC */
  environment(network: Network, attachment?: Attachment): Readonly<Record<string, string>>;
  /** what VERSION is asked with */
  versionCall(network: Network): {
    readonly environment: Readonly<Record<string, string>>;
    readonly config: Readonly<Record<string, unknown>>;
  };
  /** why an answer to VERSION is not good enough for this network */
  versionProblem(document: unknown, network: Network, type: string): string | undefined;
  derive(
    network: Network,
    plugin: PluginConfig,
    derivation?: Derivation,
  ): Readonly<Record<string, unknown>>;
  find(
    type: string,
    cniPath: readonly string[],
  ): Promise<{ readonly path: string } | { readonly refusal: string }>;
  /** before any plugin runs */
  refuse(verb: Verb, network: Network, attachment: Attachment): Refusal | undefined;
  /** the result as it goes on from here, to the next plugin and into the cache */
  read(document: unknown, version: string): ReadResult;
  /** a saved result for a configuration of this version */
  saved(result: unknown, version: string): ReadResult;
  /** the error as the caller of the runtime hears it */
  heard(
    verb: Verb,
    plugin: string,
    error: { readonly msg: string; readonly details?: string },
  ): string;
}
