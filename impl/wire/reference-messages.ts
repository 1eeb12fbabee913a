/** Between the reference's one address and what a pod's interface carries. */
import { isIPv4 } from "node:net";
import type { IpDetails } from "../../proto/gen/cniaction/cniaction.ts";
import type { PortSetting } from "./agent.ts";

/** The reference's hosts give their default route this MTU, whatever the interface's: room for a tunnel on the DPU. */
const routeMtu = 1450;
/** It says nothing of the link's; this is what a VF has. */
const linkMtu = 1500;

/** What is wrong with the answer, in words, when no pod's interface can be made of it. */
export function fromIpInfo(ipInfo: IpDetails | undefined, mac: string): PortSetting | string {
  if (ipInfo === undefined) return "its answer has no address";
  const address = bare(ipInfo.address);
  if (address === "") return "its answer has no address";
  if (!isIPv4(address)) {
    return `its answer has address ${JSON.stringify(ipInfo.address)}, expected an IPv4 address`;
  }
  const gateway = bare(ipInfo.gateway);
  const rest = { mtu: linkMtu, mac, dns: {} };
  if (gateway === "" || gateway === "<nil>") {
    // Whatever is beyond is on the link, or nowhere.
    const routes = [{ dst: "0.0.0.0/0", mtu: routeMtu }];
    return { addresses: [{ address: `${address}/32` }], routes, ...rest };
  }
  if (!isIPv4(gateway)) {
    return `its answer has gateway ${JSON.stringify(ipInfo.gateway)}, expected an IPv4 address`;
  }
  const routes = [{ dst: `${gateway}/32` }, { dst: "0.0.0.0/0", gw: gateway, mtu: routeMtu }];
  return { addresses: [{ address: `${address}/32`, gateway }], routes, ...rest };
}

/** The bare first IPv4 address of a port; "" when it has none. */
export function addressOf(port: PortSetting | undefined): string {
  return bare(port?.addresses.find(({ address }) => !address.includes(":"))?.address ?? "");
}

/** Some builds put a prefix length there. */
function bare(address: string): string {
  return address.trim().replace(/\/\d+$/, "");
}
