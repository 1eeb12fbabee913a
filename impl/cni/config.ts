/** The network configuration on stdin: decoded, and the parts of it that the protocol itself defines. */
import { CniError, cniCodes } from "./cni-error.ts";
import { isIdentifier } from "./environment.ts";
import { parseResult } from "./result.ts";
import type { CniResult, CniVersion } from "./types.ts";
import { unsaidVersion } from "./version.ts";

export interface Config {
  /** as said, not yet known to be supported */
  readonly cniVersion: string;
  readonly name: string;
  /** every key as it came; own properties only */
  readonly keys: ReadonlyMap<string, unknown>;
  /** stdin as text */
  readonly raw: string;
}

/** Undecodable: code 6. Without a usable `name` or `cniVersion`: code 7. Unknown keys are welcome. */
export function parseConfig(stdin: Uint8Array): Config {
  const raw = decode(stdin);
  const keys = asKeys(parseJson(raw));
  if (keys === undefined) {
    throw new CniError(
      cniCodes.undecodableContent,
      "Cannot read the network configuration: it is not a JSON object",
    );
  }
  return { cniVersion: versionOf(keys), name: nameOf(keys), keys, raw };
}

function decode(stdin: Uint8Array): string {
  if (stdin.length === 0) {
    throw new CniError(
      cniCodes.undecodableContent,
      "Cannot read the network configuration: stdin is empty",
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(stdin);
  } catch (cause) {
    throw new CniError(
      cniCodes.undecodableContent,
      "Cannot read the network configuration: it is not UTF-8",
      { cause },
    );
  }
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (cause) {
    throw new CniError(
      cniCodes.undecodableContent,
      `Cannot read the network configuration: ${cause instanceof Error ? cause.message : "it is not JSON"}`,
      { cause },
    );
  }
}

/** The own keys of a JSON object; undefined for anything else. */
export function asKeys(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

function versionOf(keys: ReadonlyMap<string, unknown>): string {
  const version = keys.get("cniVersion") ?? unsaidVersion;
  if (typeof version !== "string") throw invalid("cniVersion", version, "is not a string");
  return version === "" ? unsaidVersion : version;
}

/** Spec 1.1.0 section 1: the grammar of a container id. */
function nameOf(keys: ReadonlyMap<string, unknown>): string {
  const name = keys.get("name");
  if (name === undefined || name === null || name === "") {
    throw new CniError(
      cniCodes.invalidConfig,
      "Cannot use the network configuration: name is missing or empty",
    );
  }
  if (typeof name === "string" && isIdentifier(name)) return name;
  throw invalid(
    "name",
    name,
    'is not a letter or digit followed by letters, digits, "_", "." or "-"',
  );
}

/** Undefined when there is none, or null; throws CniError 7 when it is malformed. */
export function prevResultOf(config: Config, version: CniVersion): CniResult | undefined {
  const value = config.keys.get("prevResult");
  return value === undefined || value === null ? undefined : parseResult(value, version);
}

/** The key of the specification's main text and libcni, and that of the tag spec-v1.1.0 (cni#1101). */
const gcKeys = ["cni.dev/valid-attachments", "cni.dev/attachments"] as const;

/**
 * The attachments to keep: the union of both keys, since keeping is the safe side; null is libcni's nil slice and
 * means an empty list. With neither key nothing may be removed, so that is code 7.
 */
export function gcAttachments(
  config: Config,
): readonly { readonly containerId: string; readonly ifname: string }[] {
  const present = gcKeys.filter((key) => config.keys.has(key));
  if (present.length === 0) {
    throw new CniError(
      cniCodes.invalidConfig,
      `Cannot serve GC: ${gcKeys[0]} is missing, and without it nothing may be removed`,
    );
  }
  return present.flatMap((key) => {
    const list = config.keys.get(key) ?? [];
    if (!Array.isArray(list)) throw invalid(key, list, "is not a list");
    return list.map((entry: unknown) => {
      const keys = asKeys(entry);
      const containerId = keys?.get("containerID");
      const ifname = keys?.get("ifname");
      if (typeof containerId !== "string" || typeof ifname !== "string") {
        throw invalid(key, entry, "is not an object of containerID and ifname");
      }
      return { containerId, ifname };
    });
  });
}

/** Code 7, naming key and value. */
export function invalid(key: string, value: unknown, problem: string): CniError {
  return new CniError(
    cniCodes.invalidConfig,
    `Cannot use the network configuration: ${key} ${quote(value)} ${problem}`,
  );
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
