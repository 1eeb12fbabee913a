/** What a configuration asks of this plugin: the VF, DNS, and the standard keys it must refuse rather than ignore. */
import { parseShape } from "../base/shape.ts";
import { CniError, cniCodes } from "./cni-error.ts";
import { asKeys, type Config, invalid, quote } from "./config.ts";
import { said, wireDns } from "./result.ts";
import type { CniDns } from "./types.ts";

/**
 * The PCI address of the VF to use: the runtime's choice (capability `deviceID`) before the configuration's own key.
 * A malformed one is code 7: never silently another VF.
 */
export function requestedVf(config: Config): string | undefined {
  const runtimeConfig = config.keys.get("runtimeConfig") ?? {};
  const runtime = asKeys(runtimeConfig);
  if (runtime === undefined) throw invalid("runtimeConfig", runtimeConfig, "is not an object");
  return deviceId(runtime, "runtimeConfig.deviceID") ?? deviceId(config.keys, "deviceID");
}

function deviceId(keys: ReadonlyMap<string, unknown>, path: string): string | undefined {
  if (!keys.has("deviceID")) return undefined;
  const value = keys.get("deviceID");
  if (typeof value === "string" && value !== "") return value;
  throw invalid(path, value, "is not a PCI address");
}

/** The configuration's `dns`, which belongs into the result: spec 1.1.0 section 1 "Well-known keys". */
export function requestedDns(config: Config): CniDns | undefined {
  const value = config.keys.get("dns");
  if (value === undefined || value === null) return undefined;
  const parsed = parseShape(wireDns, value);
  if (!parsed.ok) throw invalid("dns", value, `is malformed: ${parsed.reason}`);
  return said<CniDns>(parsed.value);
}

/**
 * Standard keys whose meaning cannot be honoured. Addresses come from the DPU, which also decides about masquerading;
 * answering success while ignoring these would give a pod another network than its administrator wrote down.
 */
export function refuseUnserved(config: Config): void {
  refuseType("type", config.keys.get("type"));
  refuseIpam(config.keys.get("ipam") ?? {});
  const ipMasq = config.keys.get("ipMasq") ?? false;
  if (typeof ipMasq !== "boolean") throw invalid("ipMasq", ipMasq, "is not a boolean");
  if (ipMasq) throw unserved("ipMasq", ipMasq, "Masquerading is configured on the DPU");
}

function refuseIpam(ipam: unknown): void {
  const keys = asKeys(ipam);
  if (keys === undefined) throw invalid("ipam", ipam, "is not an object");
  const type = keys.get("type") ?? "";
  if (type === "") return;
  refuseType("ipam.type", type);
  throw unserved("ipam.type", type, "Addresses come from the DPU: leave the ipam section out");
}

/** Spec 1.1.0 section 1: a plugin's type must not lead out of the plugin directories. */
function refuseType(key: string, type: unknown): void {
  if (type === undefined) return;
  if (typeof type !== "string") throw invalid(key, type, "is not a string");
  if (/[/\\]/.test(type)) throw invalid(key, type, "holds a path separator");
}

/** Spec 1.1.0 section 5, code 2: the message holds the key and the value. */
function unserved(key: string, value: unknown, details: string): CniError {
  return new CniError(
    cniCodes.unsupportedField,
    `Cannot honour ${key} ${quote(value)}: this plugin does not serve it`,
    { details },
  );
}
