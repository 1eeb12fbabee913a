import assert from "node:assert/strict";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../base/time.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { makeSysfs, vfAddress } from "./fake-sysfs.ts";
import { fateOf, findAtHome } from "./home.ts";

async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), "home-"));
  t.after(() => rm(root, { recursive: true }));
  const sysfs = await makeSysfs(root, 1);
  const netns = await memoryKernel().netnsScratch();
  await netns.linkAdd({ kind: "veth", name: "enp3s0f0v0", peer: { name: "rep0v0" } });
  return { sysfs, netns, home: { netns, sysfsRoot: root, clock: systemClock } };
}

test("findAtHome() gives the link that sysfs and kernel agree on", async (t) => {
  const { home } = await setUp(t);
  const found = await findAtHome(home, vfAddress(0), 0);
  assert.equal(typeof found === "string" ? found : found.name, "enp3s0f0v0");
});

test("findAtHome() does not believe sysfs where the kernel has no such link", async (t) => {
  const { home, sysfs } = await setUp(t);
  await sysfs.setNetdev(0, "stale");
  assert.match(
    String(await findAtHome(home, vfAddress(0), 0)),
    /shows it as "stale", which is not/,
  );
});

test("findAtHome() does not take a link of that name for another device's", async (t) => {
  const { home, netns } = await setUp(t);
  const link = await netns.link("enp3s0f0v0");
  t.mock.method(netns, "link", async () => ({ ...link, parentDevice: "0000:09:00.0" }));
  assert.match(String(await findAtHome(home, vfAddress(0), 0)), /which is not in the daemon's/);
});

test("findAtHome() waits for a VF that comes, and not longer than it was told", async (t) => {
  const { home, sysfs } = await setUp(t);
  await sysfs.setNetdev(0, undefined);
  assert.match(String(await findAtHome(home, vfAddress(0), 50)), /its netdev is not in the daemon/);
  const finding = findAtHome(home, vfAddress(0), 10_000);
  await sysfs.setNetdev(0, "enp3s0f0v0");
  assert.notEqual(typeof (await finding), "string");
});

test("fateOf() tells a function that is gone, or whose address is another's, from one that is there", async (t) => {
  const root = await mkdtemp(join(tmpdir(), "fate-"));
  t.after(() => rm(root, { recursive: true }));
  const sysfs = await makeSysfs(root, 3);
  const fates = () =>
    Promise.all(
      [0, 1, 2].map((index) =>
        fateOf({ sysfsRoot: root }, { pciAddress: vfAddress(index), index }),
      ),
    );
  assert.deepEqual(await fates(), ["there", "there", "there"]);
  await sysfs.destroy(2);
  assert.deepEqual(await fates(), ["there", "there", "gone"]);
  // Renumbered: each has the other's address.
  for (const index of [0, 1]) {
    await rm(join(sysfs.pfFolder, `virtfn${index}`));
    await symlink(`../${vfAddress(1 - index)}`, join(sysfs.pfFolder, `virtfn${index}`));
  }
  assert.deepEqual(await fates(), ["another", "another", "gone"]);
  await sysfs.destroy(0);
  assert.equal(
    await fateOf({ sysfsRoot: root }, { pciAddress: vfAddress(1), index: 0 }),
    "another",
  );
  // Nothing can be read: no reason to give a pod's VF up.
  await rm(join(root, "bus"), { recursive: true });
  assert.deepEqual(await fates(), ["there", "there", "there"]);
});
