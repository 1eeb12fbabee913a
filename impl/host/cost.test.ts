/** What each verb asks of kernel, disk and DPU, to the last request: a path that gets longer is seen here, without a clock. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { countedKernel, taken } from "../netlink/counted-kernel.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import { parseAttachment } from "./attachment-record.ts";
import { TestWorld } from "./test-world.ts";

interface Cost {
  readonly kernel: Readonly<Record<string, number>>;
  /** each put is two fsyncs (file and folder), each delete one */
  readonly disk: Readonly<Record<string, number>>;
  readonly dpu: readonly string[];
}

/** The world follows sysfs by looking at these, when it likes; what restoring a VF asks is in impl/vf. */
const worldsOwn = (name: string) => name === "home links" || name.startsWith("scratch ");

async function costsOf(t: TestContext) {
  const counted = countedKernel(memoryKernel());
  const disk = new Map<string, number>();
  const store = countedStore(memoryStore(parseAttachment), disk);
  const world = await TestWorld.open(t, counted.kernel, { store });
  const pod = await world.pod("pod");
  // What it asks of free VFs before one is leased.
  await world.pass();
  const cost = async (command: string): Promise<Cost> => {
    taken(counted.counts);
    taken(disk);
    world.agent.calls.length = 0;
    const config = command === "CHECK" ? { prevResult } : {};
    const { exitCode, json } = await world.call(command, { netns: pod, config });
    assert.equal(exitCode, 0, JSON.stringify(json));
    if (command === "ADD") prevResult = json;
    return {
      kernel: Object.fromEntries(
        Object.entries(taken(counted.counts)).filter(([name]) => !worldsOwn(name)),
      ),
      disk: taken(disk),
      dpu: world.agent.calls.map((call) => call.split(" ")[0] ?? ""),
    };
  };
  let prevResult: unknown;
  return cost;
}

function countedStore<T>(store: Store<T>, counts: Map<string, number>): Store<T> {
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    ...store,
    put(key, record) {
      count("put");
      return store.put(key, record);
    },
    delete(key) {
      count("delete");
      return store.delete(key);
    },
  };
}

test("ADD, CHECK, STATUS and DEL ask for exactly so much", async (t) => {
  const cost = await costsOf(t);
  assert.deepEqual(await cost("ADD"), {
    kernel: {
      "home link": 1,
      "home linkSet": 1,
      "pod batch": 3,
      "pod link": 2,
      "pod open": 1,
      "pod sendFrame": 2,
      "pod sysctl": 2,
      "pod sysctlSet": 1,
    },
    disk: { put: 2 },
    dpu: ["addPort"],
  });
  assert.deepEqual(await cost("CHECK"), {
    kernel: { "pod addresses": 1, "pod link": 1, "pod open": 1, "pod routes": 1 },
    disk: {},
    dpu: ["checkPort"],
  });
  assert.deepEqual(await cost("STATUS"), { kernel: {}, disk: {}, dpu: [] });
  assert.deepEqual(await cost("DEL"), {
    kernel: {
      "home addresses": 1,
      "home features": 2,
      "home link": 3,
      "home linkSet": 1,
      "home neighs": 1,
      "home qdiscs": 1,
      "pod linkSet": 1,
      "pod links": 1,
      "pod open": 1,
    },
    disk: { delete: 1, put: 1 },
    dpu: ["deletePort"],
  });
});
