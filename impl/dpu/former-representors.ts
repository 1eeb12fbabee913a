/**
 * What representors were before their ports: kept in the port's record, so that a restart knows it too, and given back when
 * the port is off the DPU. Addresses, routes, neighbours and queueing disciplines are their makers' to take away.
 */
import type { LinkChange, Netns } from "../netlink/kernel.ts";
import { ignoring } from "./dataplanes/ignoring.ts";

/** It stays down, whatever it was: nothing of a VF that nobody owns is to be heard. */
export interface FormerRepresentor {
  readonly mtu: number;
  readonly promisc: boolean;
  readonly allmulticast: boolean;
  /** by names such as "ipv6/accept_ra" */
  readonly sysctls: Readonly<Record<string, string>>;
}

const generation = "ipv6/addr_gen_mode";
const disabling = "ipv6/disable_ipv6";
/** Per-link sysctls that dataplanes change. */
const names: readonly string[] = [
  ...["ipv4/forwarding", "ipv4/rp_filter"],
  ...["ipv6/accept_ra", generation, disabling, "ipv6/forwarding"],
];

export class FormerRepresentors {
  readonly #netns: Netns;
  /** of free representors, read once: six files that no ADD should wait for again */
  readonly #sysctls = new Map<string, FormerRepresentor["sysctls"]>();

  constructor(netns: Netns) {
    this.#netns = netns;
  }

  /** Of a representor without a port; undefined when it is not there. */
  async read(representor: string): Promise<FormerRepresentor | undefined> {
    const link = await this.#netns.link(representor);
    if (link === undefined) return undefined;
    const { mtu, promisc, allmulticast } = link;
    const sysctls = this.#sysctls.get(representor) ?? (await this.#readSysctls(representor));
    this.#sysctls.set(representor, sysctls);
    return { mtu, promisc, allmulticast, sysctls };
  }

  /** Idempotent. One that is gone has nothing to be given back, and comes anew. */
  async giveBack(representor: string, former: FormerRepresentor): Promise<void> {
    const link = await this.#netns.link(representor);
    if (link === undefined) {
      this.#sysctls.delete(representor);
      return;
    }
    const change: LinkChange = {
      ...(link.mtu !== former.mtu && { mtu: former.mtu }),
      ...(link.promisc !== former.promisc && { promisc: former.promisc }),
      ...(link.allmulticast !== former.allmulticast && { allmulticast: former.allmulticast }),
    };
    const isGone = ["ENODEV", "ENOENT"];
    if (Object.keys(change).length > 0) {
      await ignoring(isGone, this.#netns.linkSet(representor, change));
    }
    const changed: string[] = [];
    for (const [name, was] of Object.entries(former.sysctls)) {
      const is = await this.#netns.sysctl(pathOf(name, representor));
      if (is !== undefined && is !== was) changed.push(name);
    }
    const set = (name: string, value: string) =>
      ignoring(isGone, this.#netns.sysctlSet(pathOf(name, representor), value));
    // The kernel makes an address at once when it is told how to, even for a link that is down, unless IPv6 is off.
    const isSilenced = changed.includes(generation) && former.sysctls[disabling] !== undefined;
    if (isSilenced) await set(disabling, "1");
    for (const name of changed) await set(name, former.sysctls[name] ?? "");
    if (isSilenced) await set(disabling, former.sysctls[disabling] ?? "0");
    this.#sysctls.set(representor, former.sysctls);
  }

  async #readSysctls(representor: string): Promise<FormerRepresentor["sysctls"]> {
    const found: Record<string, string> = {};
    for (const name of names) {
      const value = await this.#netns.sysctl(pathOf(name, representor));
      if (value !== undefined) found[name] = value;
    }
    return found;
  }
}

function pathOf(name: string, representor: string): string {
  const [family, key] = name.split("/");
  return `net/${family}/conf/${representor}/${key}`;
}
