/**
 * The alias that a leased VF carries in the pod: whose it is, and what it was at home. Names and MACs can be those of
 * another pod's link; the mark tells our VF from it, and brings a VF home whose record was lost.
 */
import { createHash } from "node:crypto";
import { type AttachmentKey, keyText } from "../cni/types.ts";
import type { Link } from "../netlink/kernel.ts";
import { isLinkName } from "./netdev.ts";
import type { Pristine } from "./vf.ts";

export interface Mark {
  readonly pciAddress: string;
  readonly generation: number;
  /** `keyDigest` of the attachment */
  readonly owner: string;
  readonly pristine: Pristine;
}

/** Keys can be longer than an alias. */
export function keyDigest(key: AttachmentKey): string {
  return createHash("sha256").update(keyText(key)).digest("hex").slice(0, 16);
}

/** Below the 255 bytes of an alias. The home alias and alternative names do not fit and are not in it. */
export function printMark({ pciAddress, generation, owner, pristine }: Mark): string {
  const { name, address, mtu, up, txQueueLen } = pristine;
  const home = `${name} ${address} mtu ${mtu} ${up ? "up" : "down"} qlen ${txQueueLen}`;
  return `offload-cni ${pciAddress} ${owner} ${generation} ${home}`;
}

const form =
  /^offload-cni ([0-9a-f:.]{12}) ([0-9a-f]{16}) ([0-9]{1,15}) (\S+) ([0-9a-f:]{17}) mtu ([0-9]{1,9}) (up|down) qlen ([0-9]{1,9})$/;

export function parseMark(alias: string | undefined): Mark | undefined {
  const parts = form.exec(alias ?? "");
  if (parts === null) return undefined;
  const [, pciAddress = "", owner = "", generation, name = "", address = "", ...rest] = parts;
  const [mtu, state, txQueueLen] = rest;
  if (!isLinkName(name)) return undefined;
  const pristine: Pristine = {
    name,
    address,
    mtu: Number(mtu),
    up: state === "up",
    promisc: false,
    allmulticast: false,
    txQueueLen: Number(txQueueLen),
    alias: "",
    altNames: [],
    ...{ multicast: true, arp: true, group: 0, xdp: "" },
  };
  return { pciAddress, owner, generation: Number(generation), pristine };
}

/** The link that is this VF: by bus address where the kernel gives one, else by the mark. */
export function findVf(links: readonly Link[], pciAddress: string): Link | undefined {
  return (
    links.find((link) => link.parentDevice === pciAddress) ??
    links.find(
      (link) => link.parentDevice === undefined && parseMark(link.alias)?.pciAddress === pciAddress,
    )
  );
}
