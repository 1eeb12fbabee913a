/** The link-local address that a kernel makes of a MAC by itself (RFC 4291, appendix A). */
import { printIp } from "../../netlink/ip-address.ts";
import { parseMac } from "../../netlink/mac-address.ts";

/** "" for what is no MAC */
export function linkLocalOf(mac: string): string {
  const bytes = parseMac(mac);
  if (bytes === undefined) return "";
  const [first = 0, second = 0, third = 0, ...rest] = bytes;
  const identifier = [first ^ 0x02, second, third, 0xff, 0xfe, ...rest];
  return printIp(Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...identifier])) ?? "";
}
