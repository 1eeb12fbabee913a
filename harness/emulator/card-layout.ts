/** What an emulated card looks like from outside: PCI addresses, netdev names and MACs, all computed from its place in the world. */
import type { Card, CardVf } from "../core/backend.ts";

export const pfAddress = "0000:03:00.0";
export const pfNetdev = "enp3s0f0";
/** the PF's own end on the DPU */
export const pfRepresentor = "rep0pf";
export const managementNetdev = "mgmt0";
export const uplinkNetdev = "uplink0";

/** Buses 3 to 6, as VFs go on with the next when a bus is full; function 0 of the first device is the PF. */
export const maxVfs = 1023;
/** the fabric is one IPv4 /24 */
export const maxNodes = 254;

export function cardLayout(options: {
  readonly node: number;
  readonly vfs: number;
  /** by how many functions the VFs' PCI addresses lie further than usual; default 0 */
  readonly shift?: number;
}): Card {
  const { node, vfs, shift = 0 } = options;
  return {
    pfs: [pfAddress],
    vfs: Array.from({ length: vfs }, (_, index) => vfLayout(index, shift)),
    representor: "rep{pf}v{vf}",
    uplink: uplinkNetdev,
    management: { host: "198.18.0.1/30", dpu: "198.18.0.2/30" },
    fabric: { ipv4: `198.51.100.${node}/24`, ipv6: `2001:db8:fab::${node.toString(16)}/64` },
  };
}

function vfLayout(index: number, shift: number): CardVf {
  return {
    pciAddress: functionAddress(index + 1 + shift),
    pf: 0,
    index,
    netdev: `${pfNetdev}v${index}`,
    representor: `rep0v${index}`,
  };
}

/** The routing id of SR-IOV function `number`: eight bits of bus, five of device, three of function. */
export function functionAddress(number: number): string {
  const hex = (value: number) => value.toString(16).padStart(2, "0");
  return `0000:${hex(3 + (number >> 8))}:${hex((number >> 3) & 31)}.${number & 7}`;
}

const roles = { pf: 0, vf: 1, pfRepresentor: 2, representor: 3, management: 4, uplink: 5 } as const;
export type MacRole = keyof typeof roles;

/**
 * A locally administered MAC: 02, two bytes of the world's seed, node, role with side and the index's high bits, index. Unique over one world,
 * the same whenever the world has the same seed.
 */
export function macOf(options: {
  /** 0 to 65535 */
  readonly seed: number;
  readonly node: number;
  readonly role: MacRole;
  readonly index?: number;
  /** two ends of one link in one role differ by it */
  readonly side?: 0 | 1;
}): string {
  const { seed, node, role, index = 0, side = 0 } = options;
  const bytes = [
    ...[0x02, (seed >> 8) & 0xff, seed & 0xff, node],
    ...[(roles[role] << 5) | (side << 4) | (index >> 8), index & 0xff],
  ];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}
