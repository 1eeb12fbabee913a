/** What `routed` changes of a representor is as before once its port is off the DPU, also by an agent that was restarted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import type { Netns } from "../netlink/kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { NewPort } from "../wire/agent.ts";
import { routedWorld } from "./dataplanes/routed-world.ts";
import { FormerRepresentors } from "./former-representors.ts";
import { parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";

const { signal } = new AbortController();
const name = "rep0v0";
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const sysctls = ["ipv4/conf/rep0v0/rp_filter", "ipv4/conf/rep0v0/forwarding"].concat(
  ["accept_ra", "addr_gen_mode", "disable_ipv6", "forwarding"].map(
    (one) => `ipv6/conf/${name}/${one}`,
  ),
);

function newPort(change: Partial<NewPort> = {}): NewPort {
  return {
    ...{ key, generation: 1, networkConfig: "{}" },
    vf: { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
    pod: { namespace: "", name: "", uid: "" },
    ...change,
  };
}

async function look(netns: Netns): Promise<unknown> {
  const link = await netns.link(name);
  const values = await Promise.all(sysctls.map((one) => netns.sysctl(`net/${one}`)));
  const { up, mtu, promisc, allmulticast } = link ?? {};
  return { up, mtu, promisc, allmulticast, values, qdiscs: await netns.qdiscs(name) };
}

async function opened() {
  const world = await routedWorld(await memoryKernel().netnsScratch());
  const { netns } = world;
  // As the card's administrator has it: unlike what a port wants, and unlike the defaults.
  await netns.linkSet(name, { mtu: 9000 });
  await netns.sysctlSet(`net/ipv4/conf/${name}/rp_filter`, "2");
  const store = memoryStore(parsePortRecord);
  const log = createLog({ component: "test", write: () => {} });
  const start = async () => {
    const [formers, dataplane] = [new FormerRepresentors(netns), await world.restart()];
    const ports = new Ports({ store, dataplane, representor: "rep{pf}v{vf}", formers, log });
    await ports.restore();
    return ports;
  };
  return { netns, start, store };
}

test("a representor is as before after its port, as often as it has one", async () => {
  const { netns, start } = await opened();
  const ports = await start();
  const before = await look(netns);
  for (let generation = 1; generation < 6; generation += 2) {
    await ports.add(newPort({ generation }), signal);
    assert.notDeepEqual(await look(netns), before);
    // What somebody did to it meanwhile goes as well.
    await netns.linkSet(name, { promisc: true, allmulticast: true });
    await ports.delete(key, generation);
    assert.deepEqual(await look(netns), before);
  }
  // While it is free it is the administrator's.
  await netns.linkSet(name, { mtu: 4000 });
  await ports.add(newPort({ generation: 7 }), signal);
  await ports.delete(key, 7);
  assert.equal((await netns.link(name))?.mtu, 4000);
});

test("an agent that was restarted knows what a live port's representor was", async () => {
  const { netns, start } = await opened();
  const before = await look(netns);
  await (await start()).add(newPort(), signal);
  await (await start()).delete(key, 1);
  assert.deepEqual(await look(netns), before);
});

test("an add that fails leaves the representor as it was", async (t) => {
  const { netns, start } = await opened();
  const ports = await start();
  const before = await look(netns);
  const { batch } = netns;
  t.mock.method(netns, "batch").mock.mockImplementationOnce(async (changes) => {
    await batch.call(netns, changes);
    throw new NetlinkError("EIO", "ip -batch", "injected");
  });
  await assert.rejects(ports.add(newPort(), signal), { message: /injected/ });
  assert.deepEqual(await look(netns), before);
  assert.deepEqual(ports.list(), []);
});

test("a port whose representor cannot be given back stays to be deleted again; one that is gone does not", async (t) => {
  const { netns, start } = await opened();
  const ports = await start();
  const before = await look(netns);
  await ports.add(newPort(), signal);
  const refused = t.mock.method(netns, "linkSet", () =>
    Promise.reject(new NetlinkError("EBUSY", "ip link set", "not now")),
  );
  await assert.rejects(ports.delete(key, 1), { code: 11, message: /not now/ });
  refused.mock.restore();
  assert.equal(await ports.delete(key, 1), true);
  assert.deepEqual(await look(netns), before);
  await ports.add(newPort({ generation: 2 }), signal);
  await netns.linkDel(name);
  assert.equal(await ports.delete(key, 2), true);
});
