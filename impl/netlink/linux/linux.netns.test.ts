/** What only the real kernel can show: frames on the wire, large dumps, races, and the way back home. */
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Netns } from "../kernel.ts";
import { linuxKernel } from "../linux.ts";
import { isErrno, NetlinkError } from "../netlink-error.ts";
import { changeLink } from "./change-link.ts";
import { inNamespace, openNamespace, ownNamespace } from "./namespace.ts";
import { linkAddress } from "./packet-socket.ts";
import { RequestSocket } from "./request-socket.ts";
import { bind, dontWait, packetFamily, rawType, receive, socket, unshareNetns } from "./syscall.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

const everyProtocol = 3;
const hostOrderEvery = 0x0300;

const root = mkdtempSync(join(tmpdir(), "netns-"));
after(() => rmSync(root, { recursive: true, force: true }));

/** Opens a listening packet socket on a link: `work` runs inside its namespace. */
async function listen(netns: Netns, path: string, link: string): Promise<number> {
  const index = (await netns.link(link))?.index ?? 0;
  const namespace = openNamespace(path);
  const fd = inNamespace(namespace, () => socket(packetFamily, rawType, hostOrderEvery));
  closeSync(namespace.fd);
  assert.equal(bind(fd, linkAddress(index, new Uint8Array(6), everyProtocol)), 0);
  return fd;
}

test("a gratuitous ARP is seen by the peer, byte for byte", { skip }, async () => {
  const kernel = linuxKernel();
  const path = join(root, "pod");
  await kernel.netnsAdd(path);
  using pod = await kernel.open(path);
  using dpu = await kernel.netnsScratch();
  await pod.sysctlSet("net/ipv6/conf/all/disable_ipv6", "1");
  await dpu.sysctlSet("net/ipv6/conf/all/disable_ipv6", "1");
  await dpu.linkAdd({ kind: "veth", name: "rep", peer: { name: "eth0", netns: pod } });
  await dpu.linkSet("rep", { up: true });
  await pod.linkSet("eth0", { up: true });
  const fd = await listen(pod, path, "eth0");
  const frame = Buffer.alloc(60);
  frame.fill(0xff, 0, 6);
  frame.write("02000000000108060001080006040001", 6, "hex");
  await dpu.sendFrame("rep", frame);
  const buffer = Buffer.alloc(2048);
  const length = receive(fd, buffer, dontWait);
  assert.deepEqual(buffer.subarray(0, length), frame);
  closeSync(fd);
  await kernel.netnsDel(path);
});

test("dumps of many parts are complete", { skip }, async () => {
  using netns = await linuxKernel().netnsScratch();
  await netns.linkSet("lo", { up: true });
  await netns.linkAdd({ kind: "bridge", name: "br0" });
  await netns.linkSet("br0", { up: true });
  const each = Array.from({ length: 300 }, (_, i) => i);
  for (const i of each) await netns.linkAdd({ kind: "bridge", name: `b${i}` });
  for (const i of each) await netns.addressAdd("lo", { address: `10.0.${i >> 8}.${i & 255}/32` });
  for (const i of each) {
    await netns.routeAdd({ dst: `10.9.${i >> 8}.${i & 255}/32`, dev: "br0" });
  }
  assert.equal((await netns.links()).length, 302);
  assert.equal((await netns.addresses("lo")).filter((each) => each.family === 4).length, 301);
  assert.equal((await netns.routes()).filter((each) => each.protocol === "boot").length, 300);
});

test("the process is back in its own namespace after every turn", { skip }, async () => {
  const kernel = linuxKernel();
  const before = readlinkSync("/proc/thread-self/ns/net");
  using netns = await kernel.netnsScratch();
  await netns.sysctl("net/ipv4/ip_forward");
  await assert.rejects(netns.sysctlSet("net/ipv4/ip_forward", "word"));
  assert.equal(readlinkSync("/proc/thread-self/ns/net"), before);
  using own = await kernel.open();
  const stat = ownNamespace();
  assert.equal(own.id, stat.id);
});

test("a thread that strayed is brought back by the next turn", { skip }, async () => {
  const kernel = linuxKernel();
  const before = readlinkSync("/proc/thread-self/ns/net");
  using netns = await kernel.netnsScratch();
  assert.equal(unshareNetns(), 0);
  await netns.sysctl("net/ipv4/ip_forward");
  assert.equal(readlinkSync("/proc/thread-self/ns/net"), before);
});

test("open() refuses other namespaces, and follows symbolic links", { skip }, async () => {
  const kernel = linuxKernel();
  const einval = (error: unknown) => isErrno(error, "EINVAL");
  await assert.rejects(kernel.open("/proc/self/ns/mnt"), einval);
  await assert.rejects(kernel.open("/dev/null"), einval);
  symlinkSync("/proc/self/ns/net", join(root, "link"));
  using viaLink = await kernel.open(join(root, "link"));
  using own = await kernel.open();
  assert.equal(viaLink.id, own.id);
});

/** A target that does not see, when asked first, that the name is taken: as if it was taken a moment later. */
class LateSocket extends RequestSocket {
  #asked = false;

  override get<T>(...asked: Parameters<typeof RequestSocket.prototype.get<T>>): T {
    if (this.#asked) return super.get(...asked);
    this.#asked = true;
    throw new NetlinkError("ENODEV", "ip -d link show", "not yet");
  }
}

test("a link whose new name is taken while it moves is brought back home", { skip }, async () => {
  const kernel = linuxKernel();
  const side = async (name: string, Socket: typeof RequestSocket) => {
    const path = join(root, name);
    await kernel.netnsAdd(path);
    const namespace = openNamespace(path);
    const open = () => ({ socket: new Socket(name), slow: new RequestSocket(name) });
    return { ...namespace, ...inNamespace(namespace, open) };
  };
  const home = await side("home", RequestSocket);
  const target = await side("target", LateSocket);
  using a = await kernel.open(join(root, "home"));
  using b = await kernel.open(join(root, "target"));
  await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w" } });
  await b.linkAdd({ kind: "bridge", name: "eth0" });
  const change = { name: "eth0", netns: b };
  await assert.rejects(changeLink(home, "v", { change, target }), (error) =>
    isErrno(error, "EEXIST"),
  );
  assert.deepEqual((await a.links()).map((link) => link.name).sort(), ["lo", "v", "w"]);
  assert.deepEqual((await b.links()).map((link) => link.name).sort(), ["eth0", "lo"]);
  for (const { socket: opened, slow, fd } of [home, target]) {
    opened[Symbol.dispose]();
    slow[Symbol.dispose]();
    closeSync(fd);
  }
  for (const name of ["home", "target"]) await kernel.netnsDel(join(root, name));
});

test("the process goes on while a link moves, and a handle disposed meanwhile holds until it has", {
  skip,
}, async () => {
  const kernel = linuxKernel();
  using a = await kernel.netnsScratch();
  using seen = await kernel.netnsScratch();
  await kernel.netnsAdd(join(root, "pod"));
  const pod = await kernel.open(join(root, "pod"));
  await a.linkAdd({ kind: "veth", name: "v", peer: { name: "w", netns: seen } });
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 1);
  const moved = a.linkSet("v", { netns: pod, name: "eth0" });
  pod[Symbol.dispose]();
  await moved;
  clearInterval(ticking);
  assert.ok(turns > 0, "no timer ran while the kernel waited");
  using again = await kernel.open(join(root, "pod"));
  assert.ok(await again.link("eth0"));
  await kernel.netnsDel(join(root, "pod"));
});

test("a watcher that lost events still tells of every removal", {
  skip,
  timeout: 20_000,
}, async () => {
  using netns = await linuxKernel().netnsScratch();
  const each = Array.from({ length: 20 }, (_, i) => `b${i}`);
  for (const name of each) await netns.linkAdd({ kind: "bridge", name });
  const events = netns.watchLinks(new AbortController().signal)[Symbol.asyncIterator]();
  await netns.linkSet("b0", { up: true });
  await events.next();
  // Far more than the socket's buffer can hold, in one turn.
  for (let i = 0; i < 1500; i++) await netns.linkSet("b0", { alias: `change ${i}` });
  for (const name of each) await netns.linkDel(name);
  const left = new Set(each);
  while (left.size > 0) {
    const { value, done } = await events.next();
    assert.ok(!done);
    if (value.kind === "removed") left.delete(value.name);
  }
  await events.return?.();
});
