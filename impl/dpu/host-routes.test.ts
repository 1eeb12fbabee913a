import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import { managementKey } from "../cni/management-key.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { routedWorld } from "./dataplanes/routed-world.ts";
import { HostRoutes } from "./host-routes.ts";
import type { PortRecord } from "./port-record.ts";

const { signal } = new AbortController();
const addresses = ["169.254.20.10", "fd00:20::10"];

async function stand() {
  const netns = await memoryKernel().netnsScratch();
  const world = await routedWorld(netns);
  const lines: string[] = [];
  const log = createLog({ component: "test", write: (line) => lines.push(line) });
  const hostRoutes = new HostRoutes(netns, { addresses, log });
  const request = { key: "k", representor: "rep0v0", mac: "02:00:00:00:00:01", networkConfig: "" };
  const setting = await world.dataplane.attach(request, signal);
  const port = (key = managementKey("offload0"), phase: PortRecord["phase"] = "ready") => ({
    ...{ format: 1 as const, key, phase, generation: 1, representor: "rep0v0", networkConfig: "" },
    vf: { pf: 0, index: 0, mac: request.mac, pciAddress: "" },
    ...{ pod: { namespace: "", name: "", uid: "" }, setting, since: "" },
  });
  const routes = async () =>
    (await netns.routes())
      .filter(({ dst }) => addresses.some((one) => dst.startsWith(one)))
      .map(({ dst, via }) => `${dst} via ${via}`)
      .sort();
  const detach = () => world.dataplane.detach({ ...request, setting });
  return { world, netns, hostRoutes, port, routes, lines, detach };
}

const whole = ["169.254.20.10/32 via 10.244.1.2", "fd00:20::10/128 via fd00:10:244:1::2"];

test("further addresses of the host are routed by way of its management port", async () => {
  const { world, hostRoutes, port, routes } = await stand();
  await using _ = world;
  await hostRoutes.sync([port()]);
  assert.deepEqual(await routes(), whole);
});

test("a pod's port draws none of them, nor does a management port that is still being made", async () => {
  const { world, hostRoutes, port, routes } = await stand();
  await using _ = world;
  const pod = { network: "podnet", containerId: "host", ifname: "offload0" };
  await hostRoutes.sync([port(pod), port(undefined, "adding")]);
  assert.deepEqual(await routes(), []);
});

test("they go with the management port, and those that an earlier run left", async () => {
  const { world, netns, hostRoutes, port, routes } = await stand();
  await using _ = world;
  await hostRoutes.sync([port()]);
  await hostRoutes.sync([]);
  assert.deepEqual(await routes(), []);
  await netns.routeAdd({ dst: "169.254.20.10/32", via: "10.244.1.2" });
  const next = new HostRoutes(netns, { addresses, log: createLog({ component: "t", write() {} }) });
  await next.sync([]);
  assert.deepEqual(await routes(), []);
});

test("one that cannot be set is said once, and set when it can", async () => {
  const { world, netns, hostRoutes, port, routes, lines } = await stand();
  await using _ = world;
  await netns.linkSet("rep0v0", { up: false });
  for (let i = 0; i < 3; i++) await hostRoutes.sync([port()]);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /addresses of the host cannot be routed to it/);
  await netns.linkSet("rep0v0", { up: true });
  await netns.routeReplace({ dst: "10.244.1.2/32", dev: "rep0v0", scope: "link" });
  await netns.routeReplace({ dst: "fd00:10:244:1::2/128", dev: "rep0v0" });
  await hostRoutes.sync([port()]);
  assert.deepEqual(await routes(), whole);
});
