import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadHostConfig } from "./config.ts";

async function load(t: TestContext, text: string) {
  const folder = await mkdtemp(join(tmpdir(), "host-config-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "host.yaml");
  await writeFile(file, text);
  return loadHostConfig(file);
}

const agent = "agent: { address: 198.18.0.2:8000, insecure: true }";
const vfs = 'vfs: { pfs: ["0000:03:00.0"] }';

test("a configuration needs node, PFs and agent, and has defaults for the rest", async (t) => {
  const { security, ...config } = await load(t, `node: node1\n${vfs}\n${agent}\n`);
  assert.deepEqual(security, { kind: "insecure" });
  assert.deepEqual(config, {
    node: "node1",
    socket: "/run/cni-offload/host.sock",
    stateDir: "/var/lib/cni-offload/host",
    sysfsRoot: "/sys",
    vfs: { pfs: ["0000:03:00.0"], prove: true },
    agent: { address: "198.18.0.2:8000", insecure: true },
    status: { exhaustedIsUnavailable: false, managementIsRequired: false },
    log: { level: "info" },
  });
});

test("a configuration that is wrong is refused with the key, in one line", async (t) => {
  const cases: readonly [string, RegExp][] = [
    [`${vfs}\n${agent}`, /: node: expected a string, it is missing/],
    [`node: n\n${agent}`, /: vfs: expected an object, it is missing/],
    [`node: n\nvfs: { pfs: [] }\n${agent}`, /: vfs\.pfs: expected at least one PF/],
    [`node: n\nvfs: { pfs: [eth0] }\n${agent}`, /vfs\.pfs\[0\]: expected a PCI address .*"eth0"/],
    [
      `node: n\nvfs: { pfs: ["0000:03:00.0", "0000:03:00.0"] }\n${agent}`,
      /vfs\.pfs: expected each PF once/,
    ],
    [`node: n\n${vfs}\nagent: { address: nowhere }`, /agent\.address: expected host:port/],
    [`node: n\n${vfs}\nagent: { address: "a:1" }`, /neither "tls" nor "insecure: true"/],
    [
      `node: n\n${vfs}\nagent: { address: "a:1", tls: { ca: a, cert: b, key: c }, reference: true }`,
      /agent\.reference: expected it without tls/,
    ],
    [`node: n\n${vfs}\n${agent}\nsocket: here.sock`, /socket: expected an absolute path/],
    [`node: n\n${vfs}\n${agent}\nlog: { level: loud }`, /log\.level: expected "debug" or/],
    [
      `node: n\n${vfs}\n${agent}\nmanagement: { interface: offload0, routes: [] }`,
      /management\.routes: expected at least one range/,
    ],
    [
      `node: n\n${vfs}\n${agent}\nmanagement: { interface: offload0, routes: [0.0.0.0/0] }`,
      /management\.routes\[0\]: expected a range such as .*, not a default route/,
    ],
    [
      `node: n\n${vfs}\n${agent}\nmanagement: { interface: a/b, routes: [10.0.0.0/8] }`,
      /management\.interface: expected a name of at most 15 bytes/,
    ],
    [`node: n\n${vfs}\n${agent}\nstatedir: /x`, /unknown key "statedir"/],
  ];
  for (const [text, expected] of cases) {
    await assert.rejects(load(t, text), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, expected);
      assert.ok(!error.message.includes("\n"), error.message);
      return true;
    });
  }
});

test("an address of the agent may be a name, IPv4 or IPv6 in brackets", async (t) => {
  for (const address of ["dpu-1.example:8000", "198.18.0.2:8000", "[2001:db8::1]:8000"]) {
    const config = await load(
      t,
      `node: n\n${vfs}\nagent: { address: "${address}", insecure: true }`,
    );
    assert.equal(config.agent.address, address);
  }
});

test("the ranges of the management interface are read as the kernel prints them", async (t) => {
  const management =
    'management: { interface: offload0, routes: [10.244.7.9/16, "FD00:10:244:0::/48"] }';
  const config = await load(t, `node: node1\n${vfs}\n${agent}\n${management}\n`);
  assert.deepEqual(config.management, {
    interface: "offload0",
    routes: ["10.244.0.0/16", "fd00:10:244::/48"],
  });
});
