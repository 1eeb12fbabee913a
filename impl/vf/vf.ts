/**
 * Virtual functions of the card, as the host sees them.
 *
 * A VF is identified by its PCI address, never by interface name or index. `discover` reads
 * `<sysfsRoot>/bus/pci/devices` only; whether a VF is at home (its netdev in the daemon's namespace) is the
 * kernel's word. A VF belongs to one attachment or is quarantined; both facts are read from attachment records,
 * so there is no second place that could disagree.
 */
import type { PfSetting } from "./pf-setting.ts";

export interface Vf {
  /** e.g. "0000:03:00.2" */
  readonly pciAddress: string;
  readonly pfPciAddress: string;
  /** number of the PF in the configured list, from 0 */
  readonly pf: number;
  /** N of the PF's `virtfnN` link */
  readonly index: number;
  /** name of its netdev at home; undefined while the netdev is elsewhere or bound to another driver */
  readonly netdev?: string;
}

/** Every attribute of a free VF that we or a pod can change: recorded before the first use, restored after each. */
export interface Pristine {
  readonly name: string;
  readonly address: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly promisc: boolean;
  readonly allmulticast: boolean;
  readonly txQueueLen: number;
  readonly alias: string;
  readonly altNames: readonly string[];
  readonly multicast: boolean;
  readonly arp: boolean;
  readonly group: number;
  /** mode and id of an XDP program, "" for none; one that was there can be told from another, not attached again */
  readonly xdp: string;
  readonly gsoMaxSize?: number;
  readonly gsoMaxSegs?: number;
  readonly groMaxSize?: number;
  /** as `ethtool -k`; undefined where only the mark told what the VF was */
  readonly features?: string;
  /** what its PF had set for it; undefined where the PF has no netdev here or its driver does not say */
  readonly pf?: PfSetting;
  /** per-link sysctls that were not as in `conf/default`: those that were are so again after each move */
  readonly sysctls?: Readonly<Record<string, string>>;
}
