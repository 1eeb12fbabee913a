/** Between the messages of offload.v1 and the types of `agent.ts`: proto3 has no "absent", so "" and 0 stand for it. */
import {
  type AddPortRequest,
  type AddPortResponse,
  Health_State,
  type Health as WireHealth,
  type Attachment as WireKey,
} from "../../proto/gen/offload/v1/offload.ts";
import type { AttachmentKey, CniDns } from "../cni/types.ts";
import type { AgentHealth, NewPort, PortSetting } from "./agent.ts";

export function toAddPortRequest(port: NewPort): AddPortRequest {
  return {
    attachment: { ...port.key },
    generation: port.generation,
    vf: { ...port.vf },
    pod: { ...port.pod },
    networkConfig: port.networkConfig,
    addresses: (port.addresses ?? []).map(({ address, gateway = "" }) => ({ address, gateway })),
  };
}

/** What is wrong with the request, in words; undefined parts are the marks of a foreign or broken client. */
export function fromAddPortRequest(request: AddPortRequest): NewPort | string {
  const { vf, pod } = request;
  const key = fromKey(request.attachment);
  if (typeof key === "string") return key;
  if (vf === undefined) return "the request names no VF";
  if (request.generation < 1) return "the request has no generation";
  return {
    key,
    generation: request.generation,
    vf: { ...vf, mac: vf.mac.toLowerCase() },
    pod: pod ?? { namespace: "", name: "", uid: "" },
    networkConfig: request.networkConfig,
    ...(request.addresses.length === 0 ? {} : { addresses: fromAddresses(request.addresses) }),
  };
}

export function fromKey(key: WireKey | undefined): AttachmentKey | string {
  if (key === undefined) return "the request names no attachment";
  const { network, containerId, ifname } = key;
  if (network === "" || containerId === "" || ifname === "") {
    return "the attachment lacks its network, container id or interface name";
  }
  if (`${network}${containerId}${ifname}`.includes("/")) {
    return 'the attachment has a "/" in its network, container id or interface name';
  }
  return { network, containerId, ifname };
}

export function toAddPortResponse(setting: PortSetting): AddPortResponse {
  const { dns } = setting;
  return {
    addresses: setting.addresses.map(({ address, gateway = "" }) => ({ address, gateway })),
    routes: setting.routes.map(({ dst, gw = "", mtu = 0 }) => ({ dst, gw, mtu })),
    mtu: setting.mtu,
    mac: setting.mac,
    dns: {
      nameservers: [...(dns.nameservers ?? [])],
      domain: dns.domain ?? "",
      search: [...(dns.search ?? [])],
      options: [...(dns.options ?? [])],
    },
  };
}

export function fromAddPortResponse(response: AddPortResponse): PortSetting {
  return {
    addresses: fromAddresses(response.addresses),
    routes: response.routes.map(({ dst, gw, mtu }) => ({
      dst,
      ...(gw === "" ? {} : { gw }),
      ...(mtu === 0 ? {} : { mtu }),
    })),
    mtu: response.mtu,
    mac: response.mac,
    dns: fromDns(response.dns),
  };
}

function fromAddresses(addresses: AddPortResponse["addresses"]): PortSetting["addresses"] {
  return addresses.map(({ address, gateway }) => ({
    address,
    ...(gateway === "" ? {} : { gateway }),
  }));
}

function fromDns(dns: AddPortResponse["dns"]): CniDns {
  if (dns === undefined) return {};
  return {
    ...(dns.nameservers.length === 0 ? {} : { nameservers: dns.nameservers }),
    ...(dns.domain === "" ? {} : { domain: dns.domain }),
    ...(dns.search.length === 0 ? {} : { search: dns.search }),
    ...(dns.options.length === 0 ? {} : { options: dns.options }),
  };
}

export function fromHealth(health: WireHealth): AgentHealth {
  const reason = health.reason === "" ? "the DPU gave no reason" : health.reason;
  const notices = health.notices.length === 0 ? {} : { notices: health.notices };
  switch (health.state) {
    case Health_State.READY:
      return { state: "ready", ...notices };
    case Health_State.DATAPLANE_DOWN:
      return { state: "dataplaneDown", reason, ...notices };
    default:
      return { state: "unavailable", reason, ...notices };
  }
}
