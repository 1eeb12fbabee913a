/** The laws over the kernel in memory. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelLaws } from "./kernel.contract.ts";
import { memoryKernel } from "./memory.ts";

let kernel = memoryKernel();

kernelLaws({
  name: "memory",
  kernel: () => {
    kernel = memoryKernel();
    // So that the folder exists, as a temporary one does on a real machine.
    kernel.fileAdd("/run/netns/.keep");
    return kernel;
  },
  folder: () => "/run/netns",
  plainFile: (path) => kernel.fileAdd(path),
  skip: false,
});

test("a device comes home under its name when its namespace dies, or as devN if that is taken", async () => {
  const world = memoryKernel();
  using own = await world.open();
  for (const [name, parentDevice] of [
    ["vf0", "0000:03:00.1"],
    ["vf1", "0000:03:00.2"],
  ] as const) {
    world.deviceAdd({ name, parentDevice });
  }
  const pod = await world.netnsScratch();
  await own.linkSet("vf0", { netns: pod, name: "eth0", up: true });
  await own.linkSet("vf1", { netns: pod, name: "vf1" });
  await own.linkAdd({ kind: "bridge", name: "eth0" });
  pod[Symbol.dispose]();
  const home = (await own.links()).filter((link) => link.parentDevice !== undefined);
  assert.deepEqual(
    home.map(({ name, up, parentDevice }) => [name, up, parentDevice]),
    [
      ["dev2", false, "0000:03:00.1"],
      ["vf1", false, "0000:03:00.2"],
    ],
  );
});

test("sent frames are kept for the test to look at", async () => {
  const world = memoryKernel();
  using netns = await world.netnsScratch();
  await netns.linkSet("lo", { up: true });
  await netns.sendFrame("lo", new Uint8Array(14).fill(7));
  assert.deepEqual(world.frames, [
    { netns: netns.id, link: "lo", frame: new Uint8Array(14).fill(7) },
  ]);
});
