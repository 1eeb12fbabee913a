/** Each rule about results finds a result that breaks it, and none complains of a right one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { resultFaults } from "./result-rules.ts";

const context = { version: "1.1.0", ifname: "eth0", netns: "/run/netns/a" };
const good = {
  cniVersion: "1.1.0",
  interfaces: [
    { name: "veth1", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", mtu: 1500, sandbox: "/run/netns/a" },
  ],
  ips: [
    { address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 1 },
    { address: "fd00::2/64", interface: 1 },
  ],
  routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }, { dst: "::/0" }],
  dns: { nameservers: ["10.0.0.1"] },
};
const [host, eth0] = good.interfaces;
const [ip4, ip6] = good.ips;

/** the result with one thing changed → the rule it breaks */
const broken: readonly (readonly [string, object])[] = [
  ["ADD-05", { ...good, cniVersion: "1.0.0" }],
  ["RES-02", { ...good, interfaces: [host, { ...eth0, name: "" }] }],
  ["RES-03", { ...good, interfaces: [host, { ...eth0, mac: "02:00:00:00:00:0G" }] }],
  ["RES-04", { ...good, interfaces: [host, { ...eth0, mtu: -1 }] }],
  ["RES-05", { ...good, interfaces: [host, { ...eth0, sandbox: "/run/netns/b" }] }],
  ["RES-05", { ...good, interfaces: [host] }],
  ["RES-06", { ...good, interfaces: [host, { ...eth0, socketPath: "relative" }] }],
  ["RES-08", { ...good, ips: [{ ...ip4, address: "10.0.0.2" }] }],
  ["RES-08", { ...good, ips: [{ ...ip4, address: "10.0.0.2/33" }] }],
  ["RES-09", { ...good, ips: [ip4, { ...ip6, gateway: "10.0.0.1" }] }],
  ["RES-10", { ...good, ips: [{ ...ip4, interface: 2 }] }],
  ["RES-10", { ...good, ips: [{ ...ip4, interface: -1 }] }],
  ["RES-11", { ...good, ips: [{ ...ip4, version: "4" }] }],
  ["RES-14", { ...good, routes: [{ dst: "default" }] }],
  ["RES-15", { ...good, routes: [{ dst: "::/0", gw: "10.0.0.1" }] }],
  ["RES-16", { ...good, routes: [{ dst: "::/0", priority: -1 }] }],
  ["RES-17", { ...good, dns: { nameservers: ["dns.example"] } }],
];

test("a right result has no fault", () => {
  assert.deepEqual(resultFaults(good, context), []);
});

for (const [rule, result] of broken) {
  test(`${rule} is found in ${JSON.stringify(result).slice(0, 150)}`, () => {
    const rules = resultFaults(result, context).map((fault) => fault.rule);
    assert.ok(rules.includes(rule), `found only: ${rules.join(", ")}`);
  });
}

test("fields newer than the version, and a missing ips[].version, are found", () => {
  const old = { ...good, cniVersion: "0.4.0" };
  const rules = resultFaults(old, { ...context, version: "0.4.0" }).map((fault) => fault.rule);
  assert.deepEqual([...new Set(rules)].sort(), ["RES-04", "RES-11"]);
});

test("a 0.2.0 result is ip4 and ip6, not lists", () => {
  const at = { ...context, version: "0.2.0" };
  assert.deepEqual(resultFaults({ ip4: { ip: "10.0.0.2/24" } }, at), []);
  assert.notDeepEqual(resultFaults({}, at), []);
  assert.notDeepEqual(resultFaults({ ip4: { ip: "10.0.0.2/24" }, ips: [] }, at), []);
});
