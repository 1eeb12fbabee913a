/** `routed` over the real kernel: the laws, and connections between pods, the DPU and another DPU's pods. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Netns } from "../../netlink/kernel.ts";
import { linuxKernel } from "../../netlink/linux.ts";
import { dataplaneLaws } from "../dataplane.contract.ts";
import type { AttachedPort, Dataplane } from "../dataplane.ts";
import { routedWorld } from "./routed-world.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

dataplaneLaws({
  name: "routed over linux",
  skip,
  create: async () => routedWorld(await linuxKernel().netnsScratch()),
});

const { signal } = new AbortController();

/** Says to each caller which address it saw. */
const server = `require("node:net").createServer((s) => s.on("error", () => {}).end(s.remoteAddress))
  .listen(7, "::", () => console.log("listening"))`;
/** Prints what the server said, or the error's code. */
const client = `const [host, localAddress] = process.argv.slice(1);
  const s = require("node:net").connect({ host, port: 7, localAddress });
  s.setTimeout(1000, () => s.destroy(Object.assign(new Error(), { code: "TIMEOUT" })));
  s.on("data", (d) => console.log(String(d))).on("error", (e) => console.log(e.code))`;

/** Namespaces with paths, and programs in them, all gone at the end. */
class Places implements AsyncDisposable {
  readonly #kernel = linuxKernel();
  readonly #folder: string;
  readonly #paths = new Map<Netns, string>();
  readonly #programs: ChildProcess[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<Places> {
    return new Places(await mkdtemp(join(tmpdir(), "routed-")));
  }

  async make(name: string): Promise<Netns> {
    const path = join(this.#folder, name);
    await this.#kernel.netnsAdd(path);
    const netns = await this.#kernel.open(path);
    this.#paths.set(netns, path);
    await netns.linkSet("lo", { up: true });
    // A link that has just come up would ask for a second whether its addresses are free, and solicit nobody.
    await netns.sysctlSet("net/ipv6/conf/default/accept_dad", "0");
    return netns;
  }

  /** Resolves with its first line. */
  node(netns: Netns, script: string, ...args: readonly string[]): Promise<string> {
    const argv = [`--net=${this.#paths.get(netns)}`, process.execPath, "-e", script, ...args];
    const program = spawn("nsenter", argv, {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: 20_000,
    });
    this.#programs.push(program);
    return new Promise((resolve, reject) => {
      program.stdout.once("data", (data) => resolve(String(data).trim()));
      program.once("error", reject).once("exit", () => reject(new Error("it said nothing")));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) program.kill("SIGKILL");
    for (const [netns, path] of this.#paths) {
      netns[Symbol.dispose]();
      await this.#kernel.netnsDel(path);
    }
    await rmdir(this.#folder);
  }
}

/** What the host does with the VF: hands it to the pod, which carries exactly what the port says. */
async function giveToPod(dpu: Netns, pod: Netns, port: AttachedPort): Promise<void> {
  const { addresses, routes, mac, mtu } = port.setting;
  await dpu.linkSet(`vf${port.representor}`, { netns: pod, name: "eth0" });
  await pod.linkSet("eth0", { address: mac, mtu });
  for (const { address } of addresses) await pod.addressAdd("eth0", { address, nodad: true });
  await pod.linkSet("eth0", { up: true });
  for (const { dst, gw, mtu: routeMtu } of routes) {
    await pod.routeAdd({
      ...{ dst, dev: "eth0" },
      ...(gw === undefined ? { scope: "link" } : { via: gw }),
      ...(routeMtu === undefined ? {} : { mtu: routeMtu }),
    });
  }
}

async function attached(dataplane: Dataplane, i: number): Promise<AttachedPort> {
  const [key, representor, mac] = [`p${i}`, `rep0v${i}`, `02:00:00:00:00:0${i + 1}`];
  const request = { key, representor, mac, networkConfig: "{}" };
  return { key, representor, setting: await dataplane.attach(request, signal) };
}

function bare(port: AttachedPort, index: number): string {
  return port.setting.addresses[index]?.address.replace(/\/.*/, "") ?? "";
}

/** Another DPU at the far end of the uplink, which routes our ranges back to us, with one of its pods' addresses. */
async function otherDpu(netns: Netns, dpu: Netns): Promise<void> {
  await dpu.linkSet("fabric0", { netns, up: true });
  await netns.linkSet("fabric0", { up: true });
  await netns.addressAdd("fabric0", { address: "198.51.100.2/24" });
  await netns.addressAdd("fabric0", { address: "2001:db8:fab::2/64", nodad: true });
  for (const address of ["10.244.2.9/32", "fd00:10:244:2::9/128"]) {
    await netns.addressAdd("lo", { address, nodad: true });
  }
  await netns.routeAdd({ dst: "10.244.1.0/29", via: "198.51.100.1", dev: "fabric0" });
  await netns.routeAdd({ dst: "fd00:10:244:1::/64", via: "2001:db8:fab::1", dev: "fabric0" });
}

test("pods reach each other, the DPU, and another DPU's pods, over both families", {
  skip,
}, async () => {
  await using places = await Places.create();
  const dpu = await places.make("dpu");
  const { dataplane } = await routedWorld(dpu);
  const [one, two, other] = [
    await places.make("one"),
    await places.make("two"),
    await places.make("other"),
  ];
  await otherDpu(other, dpu);
  const first = await attached(dataplane, 0);
  const second = await attached(dataplane, 1);
  await giveToPod(dpu, one, first);
  await giveToPod(dpu, two, second);
  await dataplane.check(first);
  for (const place of [one, dpu, other]) {
    assert.equal(await places.node(place, server), "listening");
  }
  const calls = [
    ["pod → pod", two, bare(first, 0), `::ffff:${bare(second, 0)}`],
    ["pod → pod, IPv6", two, bare(first, 1), bare(second, 1)],
    ["DPU → pod", dpu, bare(first, 0), "::ffff:10.244.1.1"],
    ["DPU → pod, IPv6", dpu, bare(first, 1), "fd00:10:244:1::1"],
    ["pod → DPU", one, "10.244.1.1", `::ffff:${bare(first, 0)}`],
    ["pod → DPU, IPv6", one, "fd00:10:244:1::1", bare(first, 1)],
    ["pod → other DPU's pod", one, "10.244.2.9", `::ffff:${bare(first, 0)}`],
    ["pod → other DPU's pod, IPv6", one, "fd00:10:244:2::9", bare(first, 1)],
  ] as const;
  const seen = await Promise.all(calls.map(([, from, to]) => places.node(from, client, to)));
  assert.deepEqual(
    calls.map(([what], i) => [what, seen[i]]),
    calls.map(([what, , , source]) => [what, source]),
  );

  // An address that nobody has ends at the DPU, at once, and not on the fabric.
  assert.equal(await places.node(two, client, "10.244.1.6"), "EHOSTUNREACH");
  // A pod cannot send as another pod.
  await two.addressAdd("eth0", { address: "10.244.1.5/32" });
  assert.equal(await places.node(two, client, bare(first, 0), "10.244.1.5"), "TIMEOUT");

  await dataplane.detach(first);
  assert.equal(await places.node(two, client, bare(first, 0)), "EHOSTUNREACH");
  await dataplane.check(second);
});

test("check() names each thing that somebody took away", { skip }, async () => {
  await using world = await routedWorld(await linuxKernel().netnsScratch());
  const { dataplane, netns } = world;
  const port = await attached(dataplane, 0);
  const dev = port.representor;
  const [v4, v6] = [bare(port, 0), bare(port, 1)];
  const harms = [
    [() => netns.routeDel({ dst: `${v4}/32`, dev }), /^route to 10.244.1.2\/32 is missing$/],
    [
      () => netns.routeDel({ dst: `${v6}/128`, dev }),
      /^route to fd00:10:244:1::2\/128 is missing$/,
    ],
    [() => netns.neighDel(dev, v4), /^neighbour 10.244.1.2 is missing on "rep0v0"$/],
    [
      () => netns.neighReplace(dev, { address: v6, lladdr: "02:00:00:00:00:99" }),
      /^neighbour fd00:10:244:1::2 on "rep0v0" has MAC 02:00:00:00:00:99, expected 02:00:00:00:00:01$/,
    ],
    [() => netns.addressDel(dev, "169.254.1.1/32"), /^gateway 169.254.1.1\/32 is missing/],
    [() => netns.addressDel(dev, "fe80::1/64"), /^gateway fe80::1\/64 is missing/],
    [() => netns.linkSet(dev, { mtu: 1300 }), /^representor "rep0v0" has MTU 1300, expected 1400$/],
    [() => netns.linkSet(dev, { up: false }), /^representor "rep0v0" is down$/],
    [() => netns.sysctlSet(`net/ipv4/conf/${dev}/rp_filter`, "0"), /rp_filter is 0, expected 1$/],
    [() => netns.sysctlSet("net/ipv4/ip_forward", "0"), /forwarding is 0|ip_forward is 0/],
    [() => netns.addressDel("lo", "10.244.1.1/32"), /own address 10.244.1.1 is missing on "lo"/],
    [
      () => netns.routeDel({ dst: "10.244.2.0/24", via: "198.51.100.2", dev: "uplink0" }),
      /^route to 10.244.2.0\/24 via 198.51.100.2 is missing$/,
    ],
    [() => netns.linkSet("uplink0", { up: false }), /^uplink "uplink0" is down$/],
  ] as const;
  for (const [harm, difference] of harms) {
    await harm();
    await assert.rejects(dataplane.check(port), { name: "CheckFailure", message: difference });
    // Attaching again, after starting again, puts everything right.
    await netns.linkSet("uplink0", { up: true });
    const mended = await world.restart();
    const { addresses, mac } = port.setting;
    const request = { key: port.key, representor: dev, mac, networkConfig: "{}", addresses };
    await mended.attach(request, signal);
    if (difference.source.includes("uplink")) continue;
    await mended.check(port);
  }
});

test("an uplink that loses its carrier is down, and its routes are put back when it returns", {
  skip,
}, async () => {
  await using world = await routedWorld(await linuxKernel().netnsScratch());
  const { dataplane, netns } = world;
  const port = await attached(dataplane, 0);
  await netns.linkSet("fabric0", { up: false });
  const lost = await dataplane.health();
  assert.equal(lost.state, "down");
  assert.match("reason" in lost ? lost.reason : "", /^uplink "uplink0" has no carrier$/);
  await netns.linkSet("fabric0", { up: true });
  await netns.linkSet("uplink0", { up: false });
  assert.equal((await dataplane.health()).state, "down");
  await netns.linkSet("uplink0", { up: true });
  // Going down took the IPv6 address, and with it the way to the peer.
  await netns.addressAdd("uplink0", { address: "2001:db8:fab::1/64", nodad: true });
  assert.equal((await dataplane.health()).state, "ready");
  await dataplane.check(port);
});
