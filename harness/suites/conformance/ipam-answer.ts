/** What the IPAM double answers to ADD: addresses of the plugin's own subnets, so that its bridge or gateway accepts them. */
import { parseCidr } from "../../spec/cidr.ts";
import type { AnyResult } from "../../spec/result.ts";
import type { Subject } from "./subject.ts";

type Ip = AnyResult["ips"][number];
type Route = AnyResult["routes"][number];

export interface IpamAnswer {
  readonly cniVersion: string;
  readonly ips: readonly Ip[];
  readonly routes: readonly Route[];
  readonly dns: { readonly nameservers: readonly string[]; readonly search: readonly string[] };
}

/** @param host the last byte of the addresses, out of the way of those that are given from below */
export async function ipamAnswer(subject: Subject, host = 250): Promise<IpamAnswer> {
  const { result, version } = await subject.sample(subject.newest);
  const ips = result.ips.map((ip) => ({
    ...(ip.version === undefined ? {} : { version: ip.version }),
    address: another(ip.address, host),
    ...(ip.gateway === undefined ? {} : { gateway: ip.gateway }),
  }));
  const gateway = ips.find(({ address }) => parseCidr(address)?.family === 4)?.gateway;
  return {
    cniVersion: version,
    ips,
    routes: [{ dst: "198.51.100.0/24", ...(gateway === undefined ? {} : { gw: gateway }) }],
    dns: { nameservers: ["192.0.2.53"], search: ["double.example"] },
  };
}

function another(address: string, host: number): string {
  const [ip = "", prefix = ""] = address.split("/");
  if (ip.includes(":")) return `${ip.replace(/[0-9a-f]*$/, host.toString(16))}/${prefix}`;
  return `${ip.replace(/[0-9]+$/, String(host))}/${prefix}`;
}
