/** The built-in dataplane: a /32 and a /128 per port, routed by the DPU's kernel, addresses from configured ranges. */
import { pause } from "../../base/pause.ts";
import type { Kernel, Netns, Route } from "../../netlink/kernel.ts";
import type { Store } from "../../store/store.ts";
import {
  AddressesExhausted,
  AddressTaken,
  CheckFailure,
  type Dataplane,
  type PortAddress,
  type PortRequest,
  type PortSetting,
} from "../dataplane.ts";
import type { Guard, GuardPost } from "../guard/guard.ts";
import { createIpam, type Ipam } from "../ipam.ts";
import { chosenMac } from "./chosen-mac.ts";
import { type FormerSysctl, FormerSysctls } from "./former-sysctls.ts";
import { findLeftovers } from "./leftovers.ts";
import type { RoutedConfig } from "./routed-config.ts";
import { prepareNode, rangeRoutes, removeNode } from "./routed-node.ts";
import {
  gateways,
  plugPort,
  portDifference,
  portOf,
  type RoutedPort,
  unplugPort,
} from "./routed-port.ts";
import { Uplink } from "./uplink.ts";

export interface RoutedWorld {
  readonly kernel: Kernel;
  /** sysctls it changed, by name; survives restarts */
  readonly formerSysctls: Store<FormerSysctl>;
  readonly guard: Guard;
}

export async function createRouted(config: RoutedConfig, world: RoutedWorld): Promise<Dataplane> {
  const netns = await world.kernel.open();
  const sysctls = new FormerSysctls(netns, world.formerSysctls);
  return new Routed(config, netns, { sysctls, guard: world.guard });
}

class Routed implements Dataplane {
  readonly name = "routed";
  readonly #config: RoutedConfig;
  readonly #netns: Netns;
  readonly #ipam: Ipam;
  readonly #own: RoutedPort["own"];
  readonly #uplink: Uplink;
  readonly #sysctls: FormerSysctls;
  readonly #guard: Guard;
  /** bare addresses of each port, by key */
  readonly #given = new Map<string, readonly string[]>();
  /** addresses that the kernel routes to a representor although no record says so */
  #leftovers = new Map<string, readonly string[]>();
  /** the end of the last `disown` */
  #disowned: Promise<void> = Promise.resolve();

  constructor(
    config: RoutedConfig,
    netns: Netns,
    { sysctls, guard }: { readonly sysctls: FormerSysctls; readonly guard: Guard },
  ) {
    this.#config = config;
    this.#netns = netns;
    this.#sysctls = sysctls;
    this.#guard = guard;
    this.#ipam = createIpam(config.ranges);
    this.#own = Object.fromEntries(
      [...this.#ipam.own].reverse().map(({ family, address }) => [family, address]),
    );
    this.#uplink = new Uplink(netns, config);
  }

  async start(): Promise<void> {
    await prepareNode(this.#netns, this.#config, { ipam: this.#ipam, sysctls: this.#sysctls });
    this.#leftovers = await findLeftovers(this.#netns, this.#config);
    for (const address of [...this.#leftovers.values()].flat()) this.#ipam.claim(address);
    // An uplink that is not there yet is the health's news, not a reason to refuse the start.
    await this.#uplink.problem();
  }

  async remove(): Promise<void> {
    const leftovers = await findLeftovers(this.#netns, this.#config);
    for (const [representor, bare] of leftovers) {
      const addresses = bare.map((address) => ({ address }));
      await this.#unplug(portOf(representor, { addresses, mtu: 0, mac: "" }, this.#own));
    }
    await this.#uplink.remove();
    await removeNode(this.#netns, this.#config, { ipam: this.#ipam, sysctls: this.#sysctls });
  }

  async attach(request: PortRequest, signal: AbortSignal): Promise<PortSetting> {
    const { key, representor } = request;
    await this.#disowned;
    // Known addresses stay taken whatever happens next.
    if (request.addresses !== undefined) this.#take(key, representor, request.addresses);
    const link = await this.#netns.link(representor);
    if (link === undefined) throw new Error(`representor "${representor}" does not exist`);
    const mtu = await this.#mtu();
    signal.throwIfAborted();
    const fresh = request.addresses === undefined;
    if (fresh) await this.#sweep(representor);
    const bare = fresh ? this.#reserve(key) : (this.#given.get(key) ?? []);
    const setting = this.#setting(bare, mtu, request.mac);
    const port = portOf(representor, setting, this.#own);
    try {
      if (fresh) await pause?.("addresses-reserved", key);
      await this.#guard.raise(this.#netns, postOf(request, setting));
      await plugPort(this.#netns, port);
      signal.throwIfAborted();
      return setting;
    } catch (error) {
      if (fresh) await this.#undo(key, port);
      throw error;
    }
  }

  async detach(port: Parameters<Dataplane["detach"]>[0]): Promise<void> {
    const { key, representor, setting } = port;
    const leftovers = this.#leftovers.get(representor) ?? [];
    const addresses = [...setting.addresses, ...leftovers.map((address) => ({ address }))];
    await this.#unplug(portOf(representor, { ...setting, addresses }, this.#own));
    for (const { address } of setting.addresses) this.#ipam.release(bareOf(address));
    this.#release(key);
    this.#forget(representor);
    await pause?.("addresses-released", key);
  }

  async check(port: Parameters<Dataplane["check"]>[0]): Promise<void> {
    const { representor, setting } = port;
    const routes = await this.#netns.routes();
    // The DPU first: without its own address the kernel drops the ports' routes too.
    const difference =
      (await this.#nodeDifference(routes)) ??
      (await portDifference(this.#netns, portOf(representor, setting, this.#own), routes)) ??
      (await this.#guard.difference(this.#netns, postOf(port, setting)));
    if (difference !== undefined) throw new CheckFailure(difference);
  }

  async dropped(ports: Parameters<Dataplane["check"]>[0][]) {
    const drops = await this.#netns.drops();
    return new Map(ports.map(({ key, representor }) => [key, drops.get(representor) ?? 0]));
  }

  disown(): Promise<void> {
    // No port is made meanwhile: it could be on the same representor.
    const sweep = async () => {
      for (const representor of [...this.#leftovers.keys()]) await this.#sweep(representor);
    };
    const work = this.#disowned.then(sweep);
    this.#disowned = work.catch(() => {});
    return work;
  }

  held() {
    const reason = "the kernel routes it to the representor, and no record says whose it is";
    return [...this.#leftovers].flatMap(([representor, addresses]) =>
      addresses.map((address) => ({ address, representor, reason })),
    );
  }

  async health() {
    const reason = await this.#uplink.problem();
    const free = this.#ipam.free();
    if (reason === undefined) return { state: "ready", free } as const;
    return { state: "down", reason, free } as const;
  }

  async #nodeDifference(routes: readonly Route[]): Promise<string | undefined> {
    const problem = await this.#uplink.problem();
    if (problem !== undefined) return problem;
    const forwarding = { 4: "net/ipv4/ip_forward", 6: "net/ipv6/conf/all/forwarding" } as const;
    for (const family of this.#ipam.families) {
      const value = await this.#netns.sysctl(forwarding[family]);
      if (value !== "1") return `sysctl ${forwarding[family]} is ${value ?? "absent"}, expected 1`;
    }
    const lo = (await this.#netns.addresses("lo")).map(({ address }) => bareOf(address));
    const lost = this.#ipam.own.find(({ address }) => !lo.includes(address));
    if (lost !== undefined) return `the DPU's own address ${lost.address} is missing on "lo"`;
    const there = new Set(routes.map(({ dst, via }) => `${dst} ${via ?? ""}`));
    const needed = [...rangeRoutes(this.#config), ...this.#uplink.routes];
    const missing = needed.find(({ dst, via }) => !there.has(`${dst} ${via ?? ""}`));
    if (missing === undefined) return undefined;
    return `route to ${missing.dst}${missing.via === undefined ? "" : ` via ${missing.via}`} is missing`;
  }

  async #mtu(): Promise<number> {
    if (this.#config.mtu !== undefined) return this.#config.mtu;
    const uplink = await this.#uplink.link();
    if (uplink === undefined) throw new Error(`uplink "${this.#uplink.name}" does not exist`);
    return uplink.mtu;
  }

  #setting(bare: readonly string[], mtu: number, mac: string): PortSetting {
    const families = ([4, 6] as const).filter((f) => bare.some((one) => familyOf(one) === f));
    return {
      addresses: bare.map((address) => ({
        address: `${address}/${familyOf(address) === 4 ? 32 : 128}`,
        gateway: gateways[familyOf(address)],
      })),
      routes: families.flatMap((family): PortSetting["routes"] =>
        family === 4
          ? // The gateway lies outside the /32: the pod must know that it is on the link.
            [{ dst: `${gateways[4]}/32` }, { dst: "0.0.0.0/0", gw: gateways[4], mtu }]
          : [{ dst: "::/0", gw: gateways[6], mtu }],
      ),
      mtu,
      mac: mac === "" ? chosenMac(bare) : mac,
      dns: {},
    };
  }

  #reserve(key: string): readonly string[] {
    const got: string[] = [];
    for (const family of this.#ipam.families) {
      const address = this.#ipam.reserve(family);
      if (address === undefined) {
        for (const one of got) this.#ipam.release(one);
        throw new AddressesExhausted(`no IPv${family} address is free`);
      }
      got.push(address);
    }
    this.#given.set(key, got);
    return got;
  }

  #take(key: string, representor: string, addresses: readonly PortAddress[]): void {
    const bare = addresses.map(({ address }) => bareOf(address));
    const had = [...(this.#given.get(key) ?? []), ...(this.#leftovers.get(representor) ?? [])];
    for (const address of bare) {
      if (!had.includes(address) && !this.#ipam.claim(address)) {
        throw new AddressTaken(`address ${address} belongs to another port`);
      }
    }
    this.#given.set(key, bare);
    const strange = (this.#leftovers.get(representor) ?? []).filter((one) => !bare.includes(one));
    if (strange.length === 0) this.#leftovers.delete(representor);
    else this.#leftovers.set(representor, strange);
  }

  /** A new port that failed. Where that fails too its addresses stay taken until `detach`. */
  async #undo(key: string, port: RoutedPort): Promise<void> {
    try {
      await this.#unplug(port);
      this.#release(key);
    } catch {
      // The first error is the one to tell; the agent detaches a port that could not be attached.
    }
  }

  #release(key: string): void {
    for (const address of this.#given.get(key) ?? []) this.#ipam.release(address);
    this.#given.delete(key);
  }

  /** Removes what an unrecorded port left on the representor that a new port is to use. */
  async #sweep(representor: string): Promise<void> {
    const addresses = this.#leftovers.get(representor)?.map((address) => ({ address }));
    if (addresses === undefined) return;
    await this.#unplug(portOf(representor, { addresses, mtu: 0, mac: "" }, this.#own));
    this.#forget(representor);
  }

  /** Nobody hears the representor any more when its guard goes. */
  async #unplug(port: RoutedPort): Promise<void> {
    await unplugPort(this.#netns, port);
    await this.#guard.lower(this.#netns, port.representor);
  }

  #forget(representor: string): void {
    for (const address of this.#leftovers.get(representor) ?? []) this.#ipam.release(address);
    this.#leftovers.delete(representor);
  }
}

/** Its link is the pod's alone. */
function postOf(
  { key, representor }: Pick<PortRequest, "key" | "representor">,
  setting: PortSetting,
): GuardPost {
  return { key, representor, setting, isShared: false };
}

function bareOf(cidr: string): string {
  return cidr.replace(/\/.*/, "");
}

function familyOf(address: string): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}
