/**
 * What the runtime asks through capabilities (CONVENTIONS.md of containernetworking/cni): honoured or refused where
 * the configuration declares them, harmless where it does not.
 */
import { CniError, cniCodes } from "./cni-error.ts";
import { asKeys, type Config, invalid, quote } from "./config.ts";
import { refuseMalformed } from "./served-capabilities.ts";
import type { CniDns } from "./types.ts";

/** The value in `runtimeConfig` of a capability that the configuration declares; undefined when it says nothing. */
function declared(config: Config, capability: string): unknown {
  if (asKeys(config.keys.get("capabilities"))?.get(capability) !== true) return undefined;
  return asKeys(config.keys.get("runtimeConfig"))?.get(capability) ?? undefined;
}

/**
 * Of a capability that this plugin serves. libcni leaves `capabilities` in place, the specification takes them out:
 * without them, what the runtime sends was declared.
 */
function asked(config: Config, capability: string): unknown {
  if (config.keys.has("capabilities")) return declared(config, capability);
  return asKeys(config.keys.get("runtimeConfig"))?.get(capability) ?? undefined;
}

/** The MAC that the pod's interface must have, lower case. One that no interface can have is code 7. */
export function requestedMac(config: Config): string | undefined {
  const value = asked(config, "mac");
  if (value === undefined || value === "") return undefined;
  const isMac = typeof value === "string" && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value);
  if (!isMac) throw invalid("runtimeConfig.mac", value, "is not a MAC address");
  const mac = value.toLowerCase();
  const isGroup = (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
  if (isGroup || mac === "00:00:00:00:00:00") {
    throw invalid("runtimeConfig.mac", value, "is not the MAC address of one interface");
  }
  return mac;
}

/** containerd writes "Servers" and "IngressRate", the conventions "servers": plugins in Go read both. */
function inAnyCase(keys: ReadonlyMap<string, unknown>, name: string): unknown {
  if (keys.has(name)) return keys.get(name);
  const lower = name.toLowerCase();
  return [...keys].find(([key]) => key.toLowerCase() === lower)?.[1];
}

/** The runtime's DNS settings, under the names they have in a result. */
export function runtimeDns(config: Config): CniDns | undefined {
  const value = asked(config, "dns");
  if (value === undefined) return undefined;
  const keys = asKeys(value);
  if (keys === undefined) throw invalid("runtimeConfig.dns", value, "is not an object");
  const words = (key: string) => {
    const list = inAnyCase(keys, key) ?? [];
    if (Array.isArray(list) && list.every((one) => typeof one === "string")) return list;
    throw invalid(`runtimeConfig.dns.${key}`, list, "is not a list of strings");
  };
  const [nameservers, search, options] = [words("servers"), words("searches"), words("options")];
  if (nameservers.length + search.length + options.length === 0) return undefined;
  return { nameservers, search, options };
}

/** Capabilities this plugin does not serve itself, with the form of their values. What asks for nothing is no request. */
const unserved: Readonly<Record<string, "list" | "object" | "string">> = {
  ips: "list",
  ipRanges: "list",
  portMappings: "list",
  aliases: "list",
  bandwidth: "object",
  cgroupPath: "string",
  infinibandGUID: "string",
};

/**
 * Code 2, spec 1.1.0 section 5: success would give the pod another network than the runtime asked for.
 * @param served capabilities that the DPU takes on
 */
export function refuseUnservedCapabilities(config: Config, served: readonly string[]): void {
  for (const capability of served) refuseMalformed(capability, asked(config, capability));
  for (const [capability, form] of Object.entries(unserved)) {
    if (served.includes(capability)) continue;
    const value = declared(config, capability);
    const key = `runtimeConfig.${capability}`;
    if (value === undefined || asksNothing(key, value, form)) continue;
    throw new CniError(
      cniCodes.unsupportedField,
      `Cannot honour ${key} ${quote(value)}: this plugin does not serve it`,
      { details: `Remove "${capability}" from the plugin's capabilities` },
    );
  }
}

function asksNothing(key: string, value: unknown, form: "list" | "object" | "string"): boolean {
  switch (form) {
    case "list":
      if (Array.isArray(value)) return value.length === 0;
      throw invalid(key, value, "is not a list");
    case "string":
      if (typeof value === "string") return value === "";
      throw invalid(key, value, "is not a string");
    case "object": {
      const keys = asKeys(value);
      if (keys === undefined) throw invalid(key, value, "is not an object");
      // containerd names a burst with a rate of 0: unlimited.
      return ["ingressRate", "egressRate"].every((rate) => (inAnyCase(keys, rate) ?? 0) === 0);
    }
  }
}
