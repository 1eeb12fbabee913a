/** Arguments no kernel would take, refused before asking one, with the command they were meant for. */
import { type Prefix, parseIp, parsePrefix, printIp } from "./ip-address.ts";
import { parseMac } from "./mac-address.ts";
import { invalid } from "./netlink-error.ts";

/** IFNAMSIZ - 1, in bytes: longer names can only be alternative ones */
export const longestLinkName = 15;

/** Also refuses "%", which the kernel would take for a pattern and replace by a number. */
export function checkName(name: string, words: () => string): void {
  const wrong = Buffer.byteLength(name) > longestLinkName || /^$|^\.\.?$|[/:%\s\0]/.test(name);
  if (wrong) throw invalid(words(), `"${name}" is no name for a link`);
}

export function checkedMac(mac: string | undefined, words: () => string): string | undefined {
  if (mac === undefined || parseMac(mac)?.length === 6) return mac;
  throw invalid(words(), `"${mac}" is no EUI-48 address`);
}

export function checkedPrefix(text: string, words: () => string): Prefix {
  const prefix = parsePrefix(text);
  if (prefix !== undefined) return prefix;
  throw invalid(words(), `"${text}" is no address with a prefix length`);
}

/** Canonical text, so that what is read back compares equal. */
export function checkedIp(text: string, words: () => string): string {
  const bytes = parseIp(text);
  const canonical = bytes === undefined ? undefined : printIp(bytes);
  if (canonical !== undefined) return canonical;
  throw invalid(words(), `"${text}" is no address`);
}
