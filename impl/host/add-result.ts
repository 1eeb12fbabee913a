/** The result of ADD: what the pod's interface carries, after what earlier plugins of the chain reported. */
import type { CniDns, CniInterface, CniResult } from "../cni/types.ts";
import type { PodInterface } from "./pod-interface.ts";
import type { AddRequest } from "./requests.ts";

export function addResult(request: AddRequest, pod: PodInterface): CniResult {
  const { link, port } = pod;
  const before = request.prevResult ?? { interfaces: [], ips: [], routes: [], dns: {} };
  const ours: CniInterface = {
    name: link.name,
    mac: link.address,
    mtu: link.mtu,
    sandbox: request.netns,
    ...(link.parentDevice === undefined ? {} : { pciID: link.parentDevice }),
  };
  const index = before.interfaces.length;
  return {
    interfaces: [...before.interfaces, ours],
    ips: [...before.ips, ...port.addresses.map((address) => ({ ...address, interface: index }))],
    routes: [...before.routes, ...port.routes],
    dns: firstSaid(before.dns, port.dns, request.dns),
  };
}

/** An earlier plugin's answer stands; then the DPU's; then what the configuration says. */
function firstSaid(...choices: readonly (CniDns | undefined)[]): CniDns {
  const says = (value: unknown) => (Array.isArray(value) ? value.length > 0 : Boolean(value));
  return choices.find((dns) => Object.values(dns ?? {}).some(says)) ?? {};
}
