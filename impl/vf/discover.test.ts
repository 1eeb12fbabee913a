import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { discoverVfs, VfTreeError, vfFingerprint } from "./discover.ts";
import { makeSysfs, sysfsPf as pf, type SysfsTree } from "./fake-sysfs.ts";

async function tree(t: TestContext, vfs = 2): Promise<SysfsTree> {
  const root = await mkdtemp(join(tmpdir(), "sysfs-"));
  t.after(() => rm(root, { recursive: true }));
  return makeSysfs(root, vfs);
}

async function refused(root: string, expected: RegExp) {
  await assert.rejects(discoverVfs(root, [pf]), (error) => {
    assert.ok(error instanceof VfTreeError);
    assert.match(error.message, expected);
    assert.ok(error.message.startsWith(`Cannot use PF "${pf}": `), error.message);
    assert.ok(!error.message.includes("\n"));
    return true;
  });
}

test("discoverVfs() gives each VF with its PF's number, its index and its netdev", async (t) => {
  const { root } = await tree(t, 9);
  const { vfs, warnings } = await discoverVfs(root, [pf]);
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    vfs.map(({ index }) => index),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
  assert.deepEqual(vfs[7], {
    pciAddress: "0000:03:01.0",
    pfPciAddress: pf,
    pf: 0,
    index: 7,
    netdev: "enp3s0f0v7",
  });
});

test("discoverVfs() knows no netdev of a VF that is elsewhere", async (t) => {
  const { root, netFolder } = await tree(t);
  await rm(netFolder(1), { recursive: true });
  const { vfs } = await discoverVfs(root, [pf]);
  assert.equal(vfs[0]?.netdev, "enp3s0f0v0");
  assert.ok(vfs[1] !== undefined && !("netdev" in vfs[1]));
});

test("discoverVfs() refuses a PF that is missing, no PF, without the VFs it counts, or unreadable", async (t) => {
  const { root, pfFolder } = await tree(t);
  const count = join(pfFolder, "sriov_numvfs");
  await refused(join(root, "nowhere"), /expected a folder ".*0000:03:00\.0", there is none/);
  for (const i of [0, 1]) await rm(join(pfFolder, `virtfn${i}`));
  await refused(root, /none of its VFs can be used: expected 2 links virtfnN/);
  await writeFile(count, "two");
  await refused(root, /expected a number in ".*sriov_numvfs", it holds "two"/);
  await rm(count);
  await refused(root, /expected a file ".*sriov_numvfs", there is none/);
  await mkdir(count);
  await refused(root, /sriov_numvfs", it cannot be read \(EISDIR\)/);
  if (process.getuid?.() !== 0) {
    await chmod(pfFolder, 0);
    await refused(root, /that can be read \(EACCES\)/);
    await chmod(pfFolder, 0o700);
  }
});

test("discoverVfs() leaves a bad VF out, and says what is wrong with it", async (t) => {
  const { root, pfFolder, vfFolder, netFolder } = await tree(t, 6);
  await rm(vfFolder(0), { recursive: true }); // dangling
  await rm(join(vfFolder(1), "physfn"));
  await symlink(vfFolder(2), join(pfFolder, "virtfnX"));
  await mkdir(join(netFolder(3), "second"));
  await rm(netFolder(4), { recursive: true });
  await mkdir(join(netFolder(4), "a name with spaces"), { recursive: true });
  const { vfs, warnings } = await discoverVfs(root, [pf]);
  assert.deepEqual(
    vfs.map(({ index }) => index),
    [2, 5],
  );
  const expected = [
    /virtfn0": expected a link to a PCI device, it leads nowhere/,
    /virtfn1": expected .*physfn to lead back to 0000:03:00\.0, it leads nowhere/,
    /virtfn3": expected one netdev in ".*", it has enp3s0f0v3 second/,
    /virtfn4": expected the name of a netdev in ".*", it is "a name with spaces"/,
    /virtfnX": expected a number after virtfn/,
    /says sriov_numvfs 6, but has 7 VFs/,
  ];
  assert.equal(warnings.length, expected.length, warnings.join("\n"));
  for (const pattern of expected)
    assert.ok(
      warnings.some((line) => pattern.test(line)),
      `${pattern}`,
    );
});

test("discoverVfs() refuses a PF of which no VF can be used, and names the first reason", async (t) => {
  const { root, vfFolder } = await tree(t, 1);
  await rm(vfFolder(0), { recursive: true });
  await refused(root, /none of its VFs can be used: Cannot use VF ".*virtfn0": expected a link/);
});

test("discoverVfs() gives VFs or a VfTreeError for any tree", async (t) => {
  const name = fc.constantFrom("virtfn0", "virtfn1", "virtfn", "net", "sriov_numvfs", "physfn");
  const thing = fc.oneof(
    fc.record({ kind: fc.constant("file" as const), text: fc.string({ maxLength: 8 }) }),
    fc.record({ kind: fc.constant("link" as const), text: fc.constantFrom(".", "..", "/", "x") }),
    fc.record({ kind: fc.constant("folder" as const), text: fc.constant("") }),
  );
  const root = await mkdtemp(join(tmpdir(), "sysfs-"));
  t.after(() => rm(root, { recursive: true }));
  const folder = join(root, "bus/pci/devices", pf);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, thing), async (entries) => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      for (const [entry, { kind, text }] of Object.entries(entries)) {
        const path = join(folder, entry);
        if (kind === "file") await writeFile(path, text);
        else if (kind === "link") await symlink(text, path);
        else await mkdir(path);
      }
      try {
        assert.ok((await discoverVfs(root, [pf])).vfs.length > 0);
      } catch (error) {
        assert.ok(error instanceof VfTreeError, String(error));
      }
    }),
    { numRuns: 60 },
  );
});

test("discoverVfs() takes a PF without VFs for one that will have some, and says how", async (t) => {
  const { root, pfFolder } = await tree(t);
  const before = await vfFingerprint(root, [pf]);
  await writeFile(join(pfFolder, "sriov_numvfs"), "0\n");
  for (const i of [0, 1]) await rm(join(pfFolder, `virtfn${i}`));
  const { vfs, warnings } = await discoverVfs(root, [pf]);
  assert.deepEqual(vfs, []);
  assert.match(warnings.join(), /has no VFs; create them with: echo N > .*sriov_numvfs/);
  assert.notEqual(await vfFingerprint(root, [pf]), before);
});
