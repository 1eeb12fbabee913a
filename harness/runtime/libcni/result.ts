/**
 * The result of ADD as libcni's types hold it: what they cannot hold is dropped or refused, and so neither the next plugin
 * of a list nor CHECK and DEL see what the plugin printed, but what came through these types.
 */
import { canonicalAddress, familyOf, parseCidr } from "../../spec/cidr.ts";
import { assumedVersion, compareVersions, isReleased } from "../../spec/version.ts";
import { converted } from "./convert-result.ts";
import { fieldsOf, integer, list, misfit, NotDecodable, text } from "./go-json.ts";

export type ReadResult =
  | { readonly ok: true; readonly result: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reason: string };

/** @param version of the configuration, for a result that names none */
export function readResult(document: unknown, version: string): ReadResult {
  return decoded(() => {
    if (document !== null && (typeof document !== "object" || Array.isArray(document))) {
      const { message } = misfit(document, "map[string]interface {}");
      throw new NotDecodable(`failed to unmarshal raw result: ${message}`);
    }
    const own: unknown = Reflect.get(document ?? {}, "cniVersion");
    const said = typeof own === "string" && own !== "" ? own : version || assumedVersion;
    if (!isReleased(said)) throw new NotDecodable(`unsupported CNI result version "${said}"`);
    return printed(document, said);
  });
}

/** A result that readResult gave, as the cache had it, in another version. */
export function resultAs(result: unknown, version: string): ReadResult {
  const to = version || assumedVersion;
  return decoded(() => {
    const from = text(fieldsOf(result)("cniVersion")) || assumedVersion;
    const own = printed(result, from);
    if (from === to) return own;
    if (!isReleased(to)) {
      throw new NotDecodable(`no converter for CNI result version ${from} to ${to}`);
    }
    return converted(own, from, to);
  });
}

function decoded(read: () => Readonly<Record<string, unknown>>): ReadResult {
  try {
    return { ok: true, result: read() };
  } catch (error) {
    if (error instanceof NotDecodable) return { ok: false, reason: error.message };
    throw error;
  }
}

/** A document decoded into the types of a version and printed again. */
function printed(document: unknown, version: string): Readonly<Record<string, unknown>> {
  const field = fieldsOf(document);
  const dns = dnsOf(field("dns"));
  const isCurrent = compareVersions(version, "1.0.0") >= 0;
  const named = {
    cniVersion: version,
    ...((!isCurrent || Object.keys(dns).length > 0) && { dns }),
  };
  if (isOldest(version)) {
    return {
      ...named,
      ...given("ip4", familyConfig(field("ip4"))),
      ...given("ip6", familyConfig(field("ip6"))),
    };
  }
  return {
    ...named,
    ...filled("interfaces", list(field("interfaces")).map(orNull((one) => link(one, isCurrent)))),
    ...filled("ips", list(field("ips")).map(orNull((one) => ip(one, isCurrent)))),
    ...filled("routes", list(field("routes")).map(orNull(route))),
  };
}

function isOldest(version: string): boolean {
  return compareVersions(version, "0.3.0") < 0;
}

function link(value: unknown, isCurrent: boolean) {
  const field = fieldsOf(value);
  return {
    name: text(field("name")),
    ...filled("mac", text(field("mac"))),
    ...filled("sandbox", text(field("sandbox"))),
    ...(isCurrent && {
      ...filled("mtu", integer(field("mtu"))),
      ...filled("socketPath", text(field("socketPath"))),
      ...filled("pciID", text(field("pciID"))),
    }),
  };
}

function ip(value: unknown, isCurrent: boolean) {
  const field = fieldsOf(value);
  return {
    ...(!isCurrent && { version: text(field("version")) }),
    ...given("interface", integer(field("interface"))),
    address: cidr(field("address")),
    ...filled("gateway", address(field("gateway"))),
  };
}

function route(value: unknown) {
  const field = fieldsOf(value);
  return {
    dst: cidr(field("dst")),
    ...filled("gw", address(field("gw"))),
    ...filled("mtu", integer(field("mtu"))),
    ...filled("advmss", integer(field("advmss"))),
    ...filled("priority", integer(field("priority"))),
    ...given("table", integer(field("table"))),
    ...given("scope", integer(field("scope"))),
  };
}

function familyConfig(value: unknown) {
  if (value === undefined || value === null) return undefined;
  const field = fieldsOf(value);
  return {
    ip: cidr(field("ip")),
    ...filled("gateway", address(field("gateway"))),
    ...filled("routes", list(field("routes")).map(route)),
  };
}

function dnsOf(value: unknown) {
  const field = fieldsOf(value);
  return {
    ...filled("nameservers", list(field("nameservers")).map(text)),
    ...filled("domain", text(field("domain"))),
    ...filled("search", list(field("search")).map(text)),
    ...filled("options", list(field("options")).map(text)),
  };
}

/** how Go prints a network that was never given, and then cannot read */
const none = "<nil>";

function cidr(value: unknown): string {
  if (value === undefined || value === null) return none;
  const given = text(value);
  const parsed = parseCidr(given);
  if (parsed === undefined) throw new NotDecodable(`invalid CIDR address: ${given}`);
  const plain = unmapped(given.slice(0, given.indexOf("/")));
  return plain === undefined || parsed.prefix < 96
    ? `${parsed.address}/${parsed.prefix}`
    : `${plain}/${parsed.prefix - 96}`;
}

function address(value: unknown): string {
  const given = text(value);
  if (given === "") return "";
  if (familyOf(given) === undefined) throw new NotDecodable(`invalid IP address: ${given}`);
  return unmapped(given) ?? canonicalAddress(given);
}

/** Go knows no IPv4 address in IPv6 dress. */
function unmapped(given: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonicalAddress(given)) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

function orNull<T>(read: (value: unknown) => T): (value: unknown) => T | null {
  return (value) => (value === null ? null : read(value));
}

/** Nothing for what Go leaves out when it is the type's zero. */
function filled(key: string, value: string | number | readonly unknown[] | undefined) {
  const isZero = value === undefined || value === "" || value === 0;
  return isZero || (Array.isArray(value) && value.length === 0) ? {} : { [key]: value };
}

/** For pointers, which are left out only when they are nil. */
function given(key: string, value: unknown) {
  return value === undefined ? {} : { [key]: value };
}
