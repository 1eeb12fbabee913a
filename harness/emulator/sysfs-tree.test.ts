/** The tree has a real card's files and links, and shows netdevs as told. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { cardLayout } from "./card-layout.ts";
import { SysfsTree } from "./sysfs-tree.ts";

const root = mkdtempSync(join(realpathSync(tmpdir()), "sysfs-"));
after(() => rmSync(root, { recursive: true }));
const tree = new SysfsTree(root, cardLayout({ node: 1, vfs: 8 }));
const bus = join(root, "bus/pci/devices");
const read = (path: string) => readFileSync(join(bus, path), "utf8");

test("the tree lists PF and VFs with the identity of the card", () => {
  assert.equal(readdirSync(bus).length, 9);
  assert.equal(read("0000:03:00.0/vendor"), "0x177d\n");
  assert.equal(read("0000:03:00.0/device"), "0xb900\n");
  assert.equal(read("0000:03:01.0/device"), "0xb903\n");
  assert.equal(read("0000:03:01.0/class"), "0x020000\n");
  assert.equal(read("0000:03:00.0/sriov_numvfs"), "8\n");
  assert.equal(read("0000:03:00.0/sriov_totalvfs"), "8\n");
});

test("the links between PF, VFs, drivers and devices lead there and back", () => {
  const pf = realpathSync(join(bus, "0000:03:00.0"));
  const last = realpathSync(join(bus, "0000:03:01.0"));
  assert.equal(pf, join(root, "devices/pci0000:00/0000:03:00.0"));
  assert.equal(realpathSync(join(pf, "virtfn7")), last);
  assert.equal(realpathSync(join(last, "physfn")), pf);
  assert.equal(realpathSync(join(last, "driver/0000:03:01.0")), last);
});

test("show() lets a function have one netdev, another, or none", () => {
  const address = "0000:03:00.1";
  tree.show(address, "enp3s0f0v0");
  tree.show(address, "enp3s0f0v0");
  assert.deepEqual(readdirSync(join(bus, address, "net")), ["enp3s0f0v0"]);
  tree.show(address, "eth0");
  assert.deepEqual(readdirSync(join(bus, address, "net")), ["eth0"]);
  tree.show(address, undefined);
  tree.show(address, undefined);
  assert.equal(existsSync(join(bus, address, "net")), false);
  assert.deepEqual(tree.netdevs(address), []);
});
