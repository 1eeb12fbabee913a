/**
 * Routes of the DPU to further addresses of its host, by way of the management VF: pods then reach what listens there, as a
 * DNS server of each node does. They lie above the dataplane: each routes the management port's own address in its way.
 */
import type { Log } from "../base/log.ts";
import { isManagement } from "../cni/management-key.ts";
import { familyOf } from "../netlink/ip-address.ts";
import type { Netns, RouteSpec } from "../netlink/kernel.ts";
import { gone, ignoring } from "./dataplanes/ignoring.ts";
import type { PortRecord } from "./port-record.ts";

/** A link that goes down takes them along, and so may somebody else: so often they are set again. */
const refreshMs = 5_000;

export class HostRoutes {
  readonly #netns: Netns;
  readonly #addresses: readonly string[];
  readonly #log: Log;
  /** what was set last, and when; "" for nothing */
  #set: string | undefined;
  #setAtMs = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  /** @param addresses bare, of either family */
  constructor(
    netns: Netns,
    { addresses, log }: { readonly addresses: readonly string[]; readonly log: Log },
  ) {
    this.#netns = netns;
    this.#addresses = addresses;
    this.#log = log;
  }

  /** Call it often. What it cannot do is logged once, and tried again. */
  async sync(ports: readonly PortRecord[]): Promise<void> {
    if (this.#addresses.length === 0) return;
    const port = ports.find(({ key, phase }) => phase === "ready" && isManagement(key));
    const routes = port === undefined ? [] : this.#routesBy(port);
    const wanted = routes.map(({ dst, via }) => `${dst} ${via}`).join();
    const isFresh = performance.now() - this.#setAtMs < refreshMs;
    if (wanted === this.#set && (isFresh || wanted === "")) return;
    try {
      if (wanted !== this.#set) await this.remove();
      for (const route of routes) await this.#netns.routeReplace(route);
      this.#set = wanted;
      this.#setAtMs = performance.now();
      this.#note(undefined);
    } catch (error) {
      this.#note(error instanceof Error ? error.message : String(error));
    }
  }

  async remove(): Promise<void> {
    for (const address of this.#addresses) {
      await ignoring(gone, this.#netns.routeDel({ dst: hostPrefix(address) }));
    }
  }

  #routesBy({ setting }: PortRecord): readonly RouteSpec[] {
    return this.#addresses.flatMap((address): RouteSpec[] => {
      const by = setting.addresses.find((one) => familyOf(one.address) === familyOf(address));
      const via = by?.address.split("/")[0];
      return via === undefined ? [] : [{ dst: hostPrefix(address), via }];
    });
  }

  #note(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem !== undefined) {
      this.#log.warn("addresses of the host cannot be routed to it", { reason: problem });
    }
  }
}

function hostPrefix(address: string): string {
  return `${address}/${familyOf(address) === 4 ? 32 : 128}`;
}
