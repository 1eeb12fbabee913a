/** Rules about a result that a schema cannot say (RES-*), and need no kernel: each fault names its rule. */
import { familyOf, parseCidr } from "./cidr.ts";
import { type AnyResult, anyResult, resultSchema } from "./result.ts";
import { compareVersions } from "./version.ts";

export interface ResultFault {
  /** "RES-10" */
  readonly rule: string;
  readonly text: string;
}

export interface ResultContext {
  /** the configuration's cniVersion */
  readonly version: string;
  readonly ifname: string;
  /** the CNI_NETNS string */
  readonly netns: string;
}

/** Everything wrong with `value` as the result of an ADD; empty when it keeps the text. */
export function resultFaults(value: unknown, context: ResultContext): readonly ResultFault[] {
  const { version } = context;
  const faults: ResultFault[] = [];
  const add = (rule: string, text: string) => faults.push({ rule, text });
  const schema = resultSchema(version).safeParse(value);
  for (const issue of schema.error?.issues ?? []) {
    add(ruleOfPath(issue.path.map(String)), `${issue.path.join(".")}: ${issue.message}`);
  }
  if (compareVersions(version, "0.3.0") < 0) return faults;
  const parsed = anyResult.safeParse(value);
  if (!parsed.success) return faults;
  const result = parsed.data;
  if (result.cniVersion !== version) {
    add(
      "ADD-05",
      `cniVersion is ${JSON.stringify(result.cniVersion)}, the configuration says "${version}"`,
    );
  }
  interfaceFaults(result, context, add);
  ipFaults(result, version, add);
  for (const [i, route] of result.routes.entries()) {
    const families = new Set([parseCidr(route.dst)?.family, route.gw && familyOf(route.gw)]);
    families.delete(undefined);
    if (families.size > 1) add("RES-15", `routes[${i}] mixes address families`);
  }
  return faults;
}

type Add = (rule: string, text: string) => void;

function interfaceFaults(result: AnyResult, context: ResultContext, add: Add): void {
  const { version, ifname, netns } = context;
  const container = result.interfaces.find(({ name, sandbox }) => name === ifname && sandbox);
  if (container === undefined) {
    add("RES-05", `no interface is "${ifname}" with a sandbox`);
  } else if (container.sandbox !== netns) {
    add("RES-05", `the sandbox of "${ifname}" is "${container.sandbox}", CNI_NETNS was "${netns}"`);
  }
  for (const [i, entry] of result.interfaces.entries()) {
    if (
      entry.mac !== undefined &&
      entry.mac !== "" &&
      !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(entry.mac)
    ) {
      add("RES-03", `interfaces[${i}].mac is "${entry.mac}", not a lower-case EUI-48`);
    }
    if (compareVersions(version, "1.1.0") >= 0) continue;
    if (entry.mtu !== undefined) add("RES-04", `interfaces[${i}].mtu is newer than ${version}`);
    if (entry.pciID !== undefined) add("RES-07", `interfaces[${i}].pciID is newer than ${version}`);
  }
}

function ipFaults(result: AnyResult, version: string, add: Add): void {
  for (const [i, entry] of result.ips.entries()) {
    const family = parseCidr(entry.address)?.family;
    if (entry.interface !== undefined && entry.interface >= result.interfaces.length) {
      add(
        "RES-10",
        `ips[${i}].interface is ${entry.interface} of ${result.interfaces.length} interfaces`,
      );
    }
    if (entry.gateway !== undefined && familyOf(entry.gateway) !== family) {
      add("RES-09", `ips[${i}].gateway "${entry.gateway}" is of another family`);
    }
    if (compareVersions(version, "1.0.0") < 0 && entry.version !== String(family)) {
      add("RES-11", `ips[${i}].version is ${JSON.stringify(entry.version)} for ${entry.address}`);
    }
  }
}

function ruleOfPath(path: readonly string[]): string {
  const [top, , field] = path;
  if (top === "dns") return "RES-17";
  if (top === "ip4" || top === "ip6") return "RES-12";
  if (top === "routes") return field === "dst" || field === "gw" ? "RES-14" : "RES-16";
  if (top === "ips") {
    const rules: Record<string, string> = {
      gateway: "RES-09",
      interface: "RES-10",
      version: "RES-11",
    };
    return rules[field ?? ""] ?? "RES-08";
  }
  if (top !== "interfaces") return "ADD-02";
  const rules: Record<string, string> = {
    mac: "RES-03",
    mtu: "RES-04",
    sandbox: "RES-05",
    socketPath: "RES-06",
    pciID: "RES-07",
  };
  return rules[field ?? ""] ?? "RES-02";
}
