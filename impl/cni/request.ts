/** Turns one call's environment and stdin into a checked request, or the CniError that names what is wrong. */
import { refuseUnservedCapabilities, requestedMac, runtimeDns } from "./capabilities.ts";
import { CniError, cniCodes } from "./cni-error.ts";
import { type Config, gcAttachments, parseConfig, prevResultOf } from "./config.ts";
import { type CallEnvironment, parseEnvironment } from "./environment.ts";
import type { AttachmentRequest, CniRequest, CniVersion } from "./types.ts";
import { atLeast, newestVersion, peekVersion, requireSupported } from "./version.ts";
import { refuseUnserved, requestedDns, requestedVf } from "./wishes.ts";

/**
 * The order of checks is part of the contract: environment (4), then the configuration every verb needs (6, 7), then
 * its version (1), then what only this verb needs (7, 2). Nothing was touched when this throws.
 */
export function parseRequest(
  environment: Readonly<Record<string, string>>,
  stdin: Uint8Array,
  served: readonly string[] = [],
): CniRequest {
  const call = parseEnvironment(environment);
  if (call.command === "VERSION") {
    return { command: "VERSION", version: peekVersion(stdin) ?? newestVersion };
  }
  const config = parseConfig(stdin);
  const version = requireSupported(config.cniVersion);
  const network = config.name;
  switch (call.command) {
    case "ADD": {
      refuseUnserved(config);
      refuseUnservedCapabilities(config, served);
      const prevResult = prevResultOf(config, version);
      return {
        command: "ADD",
        ...attachment(call, config, version),
        ...(prevResult === undefined ? {} : { prevResult }),
      };
    }
    case "CHECK": {
      requireVersion("CHECK", version, "0.4.0");
      refuseUnserved(config);
      const prevResult = prevResultOf(config, version);
      if (prevResult === undefined) {
        throw new CniError(cniCodes.invalidConfig, "Cannot serve CHECK: prevResult is missing");
      }
      return { command: "CHECK", ...attachment(call, config, version), prevResult };
    }
    case "DEL":
      return parseDel(call, config, version);
    case "STATUS":
      requireVersion("STATUS", version, "1.1.0");
      refuseUnserved(config);
      return { command: "STATUS", version, network };
    case "GC":
      requireVersion("GC", version, "1.1.0");
      return { command: "GC", version, network, valid: gcAttachments(config) };
  }
}

/** Nothing but the key is needed; everything else that is damaged counts as absent, since a DEL must get through. */
function parseDel(call: CallEnvironment, config: Config, version: CniVersion): CniRequest {
  const { netns, ...rest } = {
    ...base(call, config, version),
    ...salvaged("deviceId", () => requestedVf(config)),
    ...salvaged("prevResult", () => prevResultOf(config, version)),
  };
  return { command: "DEL", ...rest, ...(netns === "" ? {} : { netns }) };
}

function attachment(call: CallEnvironment, config: Config, version: CniVersion): AttachmentRequest {
  const deviceId = requestedVf(config);
  const mac = requestedMac(config);
  const dns = runtimeDns(config) ?? requestedDns(config);
  return {
    ...base(call, config, version),
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(mac === undefined ? {} : { mac }),
    ...(dns === undefined ? {} : { dns }),
  };
}

function base(call: CallEnvironment, config: Config, version: CniVersion): AttachmentRequest {
  return {
    version,
    key: { network: config.name, containerId: call.containerId, ifname: call.ifname },
    netns: call.netns,
    pod: call.pod,
    rawConfig: config.raw,
  };
}

function salvaged<K extends string, T>(key: K, read: () => T | undefined): { [P in K]?: T } {
  try {
    const value = read();
    return value === undefined ? {} : ({ [key]: value } as { [P in K]?: T });
  } catch (error) {
    if (error instanceof CniError) return {};
    throw error;
  }
}

function requireVersion(command: string, version: CniVersion, floor: CniVersion): void {
  if (atLeast(version, floor)) return;
  throw new CniError(
    cniCodes.incompatibleVersion,
    `Cannot serve ${command} for cniVersion "${version}": ${command} came with ${floor}`,
  );
}
