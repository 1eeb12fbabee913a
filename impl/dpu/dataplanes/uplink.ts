/** The DPU's way out: state of the uplink, and routes to the ranges of other DPUs through it. */
import { familyOf } from "../../netlink/ip-address.ts";
import type { Link, Netns, RouteSpec } from "../../netlink/kernel.ts";
import { NetlinkError } from "../../netlink/netlink-error.ts";
import { gone, ignoring } from "./ignoring.ts";
import type { RoutedConfig } from "./routed-config.ts";

export class Uplink {
  readonly name: string;
  readonly #netns: Netns;
  readonly #routes: readonly RouteSpec[];
  /** of the link the routes were installed on, and only while it has been up since: going down takes them away */
  #installedOn: number | undefined;

  constructor(netns: Netns, config: RoutedConfig) {
    this.name = config.uplink;
    this.#netns = netns;
    this.#routes = config.peers.flatMap(({ ranges, via }) =>
      ranges.flatMap(({ cidr, family }): RouteSpec[] => {
        const gateway = via.find((address) => familyOf(address) === family);
        return gateway === undefined ? [] : [{ dst: cidr, via: gateway, dev: config.uplink }];
      }),
    );
  }

  async link(): Promise<Link | undefined> {
    return this.#netns.link(this.name);
  }

  /** Why pods cannot reach beyond this DPU, in one line; undefined when they can. Puts lost routes back. */
  async problem(): Promise<string | undefined> {
    const problem = await this.#problem();
    if (problem !== undefined) this.#installedOn = undefined;
    return problem;
  }

  async #problem(): Promise<string | undefined> {
    const link = await this.link();
    if (link === undefined) return `uplink "${this.name}" does not exist`;
    if (!link.up) return `uplink "${this.name}" is down`;
    if (!link.running) return `uplink "${this.name}" has no carrier`;
    if (this.#installedOn === link.index) return undefined;
    for (const route of this.#routes) {
      try {
        await this.#netns.routeReplace(route);
      } catch (error) {
        if (!(error instanceof NetlinkError)) throw error;
        return `uplink "${this.name}" is not ready: ${error.message}`;
      }
    }
    this.#installedOn = link.index;
    return undefined;
  }

  /** Takes the routes away. */
  async remove(): Promise<void> {
    this.#installedOn = undefined;
    for (const route of this.#routes) await ignoring(gone, this.#netns.routeDel(route));
  }

  get routes(): readonly RouteSpec[] {
    return this.#routes;
  }
}
