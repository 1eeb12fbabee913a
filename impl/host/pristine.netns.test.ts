/** Attribute by attribute: whatever a pod did to its VF, the next one gets it as the first one did. */
import assert from "node:assert/strict";
import { closeSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { assemble, instructionLength } from "../netlink/bpf/assemble.ts";
import { loadProgram, programTypes } from "../netlink/bpf/load-program.ts";
import { linkTypes, printLink } from "../netlink/codec/link.ts";
import type { LinkChange, Netns } from "../netlink/kernel.ts";
import { inNamespace, openNamespace } from "../netlink/linux/namespace.ts";
import { RequestSocket } from "../netlink/linux/request-socket.ts";
import { linuxKernel } from "../netlink/linux.ts";
import { pathOf, readSysctls } from "../vf/link-sysctls.ts";
import { inventory } from "./inventory.ts";
import { TestWorld } from "./test-world.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

const vf = "enp3s0f0v0";

/** Everything there is to know of a free VF; the index is the kernel's. */
async function everything(netns: Netns, name: string) {
  const link = await netns.link(name);
  return {
    link: { ...link, index: 0, peer: 0, running: link?.up },
    features: await netns.features(name),
    sysctls: await readSysctls(netns, name),
    addresses: (await netns.addresses(name)).filter(({ scope }) => scope !== "link"),
    qdiscs: await netns.qdiscs(name),
    neighs: (await netns.neighs(name)).filter(({ state }) => state === "permanent"),
  };
}

const set = (change: LinkChange) => (pod: Netns) => pod.linkSet("eth0", change);

async function sysctls(pod: Netns): Promise<void> {
  const turned = Object.entries(await readSysctls(pod, "eth0"));
  for (const [name, value] of turned) {
    await pod.sysctlSet(pathOf(name, "eth0"), value === "1" ? "0" : "1");
  }
}

const dirt: Readonly<Record<string, (pod: Netns) => Promise<unknown>>> = {
  mac: set({ address: "02:00:00:00:99:99" }),
  mtu: set({ mtu: 1280 }),
  down: set({ up: false }),
  promisc: set({ promisc: true }),
  allmulticast: set({ allmulticast: true }),
  "no multicast": set({ multicast: false }),
  "no arp": set({ arp: false }),
  txqueuelen: set({ txQueueLen: 7 }),
  group: set({ group: 9 }),
  alias: set({ alias: "mine" }),
  altname: set({ altNames: { add: ["surname"] } }),
  gso_max_size: set({ gsoMaxSize: 20_000 }),
  gso_max_segs: set({ gsoMaxSegs: 20 }),
  gro_max_size: set({ groMaxSize: 20_000 }),
  features: async (pod) => {
    const features = await pod.features("eth0");
    await pod.featuresSet("eth0", features.replace(/[0-9a-f]+/g, "0"));
  },
  addresses: (pod) => pod.addressAdd("eth0", { address: "192.0.2.1/24" }),
  neighbours: (pod) =>
    pod.neighReplace("eth0", { address: "192.0.2.9", lladdr: "02:00:00:00:00:99" }),
  "root qdisc": (pod) => pod.qdiscAdd("eth0", { kind: "pfifo", handle: "1:", parent: "root" }),
  "clsact with a filter": async (pod) => {
    await pod.qdiscAdd("eth0", { kind: "clsact", handle: "", parent: "clsact" });
    await pod.redirectAdd("eth0", { preference: 1, to: "lo", by: "mirred" });
  },
  sysctls,
  name: async (pod) => {
    await pod.linkSet("eth0", { up: false });
    await pod.linkSet("eth0", { name: "other" });
  },
};

/** But for the alias: a veth has no bus address by which it could be known without mark, name and MAC. */
async function everyDirt(pod: Netns): Promise<void> {
  for (const [what, soil] of Object.entries(dirt)) if (what !== "alias") await soil(pod);
}

async function attached(t: TestContext) {
  const world = await TestWorld.open(t, linuxKernel(), { vfs: 1 });
  return { world, netns: await world.pod("pod1") };
}

/** ADD, `soil`, DEL. */
async function use(world: TestWorld, netns: string, soil: (pod: Netns) => Promise<unknown>) {
  const added = await world.add(netns);
  assert.equal(added.exitCode, 0, added.stderr);
  using pod = await world.kernel.open(netns);
  await soil(pod);
  assert.equal((await world.call("DEL", { netns })).exitCode, 0);
  const [shown] = inventory(world.host).vfs;
  assert.deepEqual([shown?.state, shown?.reason], ["free", undefined]);
}

test("each thing a pod can change on its VF is as before after the DEL", { skip }, async (t) => {
  const { world, netns } = await attached(t);
  const before = await everything(world.home, vf);
  for (const [what, soil] of Object.entries(dirt)) {
    await use(world, netns, soil);
    assert.deepEqual(await everything(world.home, vf), before, what);
  }
  await use(world, netns, everyDirt);
  assert.deepEqual(await everything(world.home, vf), before, "all of it");
});

test("a VF that was not as the kernel makes them comes back as it was", { skip }, async (t) => {
  const { world, netns } = await attached(t);
  const { home } = world;
  const was = {
    group: 4,
    txQueueLen: 500,
    mtu: 1400,
    multicast: false,
    alias: "the first",
    up: true,
  };
  await home.linkSet(vf, { ...was, gsoMaxSize: 30_000, altNames: { add: ["left-port"] } });
  await home.featuresSet(vf, (await home.features(vf)).replace(/[0-9a-f]/, "0"));
  for (const name of ["ipv6/accept_ra", "ipv4/rp_filter", "ipv6/addr_gen_mode"]) {
    const path = pathOf(name, vf);
    await home.sysctlSet(path, (await home.sysctl(path)) === "1" ? "0" : "1");
  }
  const before = await everything(home, vf);
  await world.start();
  for (let time = 0; time < 2; time += 1) {
    await use(world, netns, everyDirt);
    assert.deepEqual(await everything(home, vf), before);
  }
});

test("an XDP program of the pod is gone after the DEL", { skip }, async (t) => {
  const { world, netns } = await attached(t);
  const pass = assemble([{ op: "set", register: 0, value: 2 }, { op: "exit" }]);
  const fd = loadProgram(pass, instructionLength, programTypes.xdp);
  if (fd < 0) return t.skip("this process may not load BPF programs");
  t.after(() => closeSync(fd));
  const before = await everything(world.home, vf);
  const namespace = openNamespace(netns);
  t.after(() => closeSync(namespace.fd));
  for (const mode of ["skb", "drv"] as const) {
    await use(world, netns, async (pod) => {
      const index = (await pod.link("eth0"))?.index ?? assert.fail();
      using socket = inNamespace(namespace, () => new RequestSocket(netns));
      const flags = mode === "skb" ? 2 : 4;
      socket.act({
        type: linkTypes.new,
        words: () => `ip link set dev eth0 xdp${mode}`,
        print: (writer) => printLink(writer, { index, xdp: { fd, flags } }),
      });
      assert.match((await pod.link("eth0"))?.xdp ?? "", new RegExp(`^${mode} [0-9]+$`));
    });
    assert.deepEqual(await everything(world.home, vf), before, mode);
  }
});
