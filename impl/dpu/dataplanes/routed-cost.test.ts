/** What a port asks of the DPU's kernel, to the last request: a path that gets longer is seen here, without a clock. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countedKernel, taken } from "../../netlink/counted-kernel.ts";
import { memoryKernel } from "../../netlink/memory.ts";
import { routedWorld } from "./routed-world.ts";

test("attach(), check() and detach() of a port ask for exactly so much", async () => {
  const { kernel, counts } = countedKernel(memoryKernel());
  await using world = await routedWorld(await kernel.netnsScratch());
  const request = {
    key: "p0",
    representor: "rep0v0",
    mac: "02:00:00:00:00:01",
    networkConfig: "{}",
  };
  const { signal } = new AbortController();
  taken(counts);
  const setting = await world.dataplane.attach(request, signal);
  assert.deepEqual(taken(counts), {
    "scratch batch": 1,
    "scratch filterAdd": 1,
    "scratch link": 2,
    "scratch qdiscAdd": 1,
    "scratch sysctl": 6,
    "scratch sysctlSet": 3,
  });
  await world.dataplane.check({ ...request, setting });
  assert.deepEqual(taken(counts), {
    "scratch addresses": 2,
    "scratch filters": 1,
    "scratch link": 2,
    "scratch neighs": 1,
    "scratch routes": 1,
    "scratch sysctl": 8,
  });
  await world.dataplane.detach({ ...request, setting });
  assert.deepEqual(taken(counts), { "scratch batch": 1, "scratch qdiscDel": 1 });
});
