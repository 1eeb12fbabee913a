/** `ip link show dev PF` and `ip link set dev PF vf N …`: what a physical function has set for its VFs. */
import { checkedMac } from "../argument.ts";
import { linkTypes, parseLink, printLink, skipStatistics, withVfs } from "../codec/link.ts";
import type { VfMessage } from "../codec/vf-info.ts";
import { vfSetWords } from "../command.ts";
import type { VfChange, VfSetting } from "../kernel.ts";
import { linkIndex, optional } from "./links.ts";
import type { RequestSocket } from "./request-socket.ts";

/** IFLA_VF_LINK_STATE_ */
const linkStates = ["auto", "enable", "disable"] as const;
const protocols = { "802.1q": 0x8100, "802.1ad": 0x88a8 } as const;

export function listVfs(socket: RequestSocket, pf: string): readonly VfSetting[] {
  const words = () => `ip link show dev ${pf}`;
  const index = linkIndex(socket, pf, words);
  const message = socket.get(
    {
      type: linkTypes.get,
      words,
      print: (writer) => printLink(writer, { index, extMask: skipStatistics | withVfs }),
    },
    parseLink,
  );
  return (message.vfs ?? []).map(settingOf);
}

function settingOf({ vf, mac, vlan, tag, rate, ...flags }: VfMessage): VfSetting {
  const { id, qos } = tag ?? vlan ?? { id: 0, qos: 0 };
  const linkState = linkStates[flags.linkState ?? -1];
  return {
    index: vf,
    address: mac ?? "",
    vlan: { id, qos, protocol: tag?.protocol === protocols["802.1ad"] ? "802.1ad" : "802.1q" },
    rate: rate ?? { min: 0, max: 0 },
    ...optional("spoofCheck", flagOf(flags.spoofCheck)),
    ...optional("linkState", linkState),
    ...optional("trust", flagOf(flags.trust)),
  };
}

/** undefined where the driver does not say */
function flagOf(value: number | undefined): boolean | undefined {
  return value === 0 || value === 1 ? value === 1 : undefined;
}

export function setVf(
  socket: RequestSocket,
  pf: string,
  { index: vf, change }: { readonly index: number; readonly change: VfChange },
): void {
  const words = () => vfSetWords(pf, vf, change);
  const index = linkIndex(socket, pf, words);
  const { vlan, rate, spoofCheck, linkState, trust } = change;
  const message: VfMessage = {
    vf,
    ...optional("mac", checkedMac(change.address, words)),
    ...(vlan !== undefined && vlanOf(vlan)),
    ...optional("rate", rate),
    ...optional("spoofCheck", spoofCheck === undefined ? undefined : Number(spoofCheck)),
    ...optional("linkState", linkState === undefined ? undefined : linkStates.indexOf(linkState)),
    ...optional("trust", trust === undefined ? undefined : Number(trust)),
  };
  socket.act({
    type: linkTypes.new,
    words,
    print: (writer) => printLink(writer, { index, vfs: [message] }),
  });
}

/** As iproute2 does: drivers without 802.1ad know the older attribute only. */
function vlanOf({ id, qos, protocol }: VfSetting["vlan"]): Pick<VfMessage, "vlan" | "tag"> {
  if (protocol === "802.1q") return { vlan: { id, qos } };
  return { tag: { id, qos, protocol: protocols[protocol] } };
}
