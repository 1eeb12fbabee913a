/** The words of a snapshot, from what iproute2, tc and nft print. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  devicesWithQdiscs,
  linkLines,
  neighLines,
  nftLines,
  qdiscLines,
  routeLines,
  ruleLines,
} from "./snapshot-lines.ts";

/** as `ip -j -d address show` of iproute2 6.1 prints it, shortened */
const eth0 = {
  ifindex: 12,
  link_index: 7,
  ifname: "eth0",
  flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"],
  mtu: 1500,
  qdisc: "noqueue",
  operstate: "UP",
  group: "default",
  txqlen: 1000,
  link_type: "ether",
  address: "02:00:00:00:00:01",
  link_netnsid: 2,
  promiscuity: 0,
  linkinfo: { info_kind: "veth" },
  addr_info: [
    {
      family: "inet",
      local: "10.244.1.5",
      prefixlen: 32,
      scope: "global",
      label: "eth0",
      valid_life_time: 4294967295,
    },
    {
      family: "inet6",
      local: "fd00::5",
      prefixlen: 128,
      scope: "global",
      noprefixroute: true,
      valid_life_time: 300,
    },
  ],
};

test("linkLines() says what was decided of a link and its addresses", () => {
  assert.deepEqual(linkLines([eth0]), [
    "link eth0 veth 02:00:00:00:00:01 mtu 1500 up",
    "address 10.244.1.5/32 dev eth0 scope global",
    "address fd00::5/128 dev eth0 scope global noprefixroute expires",
  ]);
});

test("linkLines() leaves out what follows from the peer and the moment", () => {
  const later = {
    ...eth0,
    ifindex: 99,
    link_netnsid: 0,
    operstate: "LOWERLAYERDOWN",
    flags: ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP", "M-DOWN"],
  };
  assert.deepEqual(linkLines([later]), linkLines([eth0]));
});

test("linkLines() shows every attribute that a pod can leave behind on a VF", () => {
  const changed = {
    ...eth0,
    addr_info: [],
    mtu: 1400,
    flags: ["BROADCAST", "PROMISC", "ALLMULTI"],
    ifalias: "left",
    altnames: ["other"],
    txqlen: 5,
    master: "br0",
    promiscuity: 1,
    group: "7",
  };
  assert.deepEqual(linkLines([changed]), [
    "link eth0 veth 02:00:00:00:00:01 mtu 1400 down promisc allmulti master br0 alias left " +
      "altname other txqlen 5 group 7 promiscuity 1",
  ]);
});

test("routeLines() leaves out what the kernel derives, and keeps what was added by hand", () => {
  const local = { dst: "10.0.0.1", dev: "eth0", table: "local", protocol: "kernel", scope: "host" };
  const routes = [
    { type: "local", ...local },
    { type: "local", ...local, protocol: "static" },
    { type: "unicast", dst: "default", gateway: "10.0.0.1", dev: "eth0", flags: ["linkdown"] },
    { type: "blackhole", dst: "10.9.0.0/16", table: "100", metric: 5, flags: [] },
  ];
  assert.deepEqual(routeLines(routes), [
    "route local 10.0.0.1 dev eth0 table local proto static scope host",
    "route default via 10.0.0.1 dev eth0 table main",
    "route blackhole 10.9.0.0/16 table 100 metric 5",
  ]);
});

test("neighLines() tells permanent entries from proxies", () => {
  const permanent = [{ dst: "10.0.0.9", dev: "eth0", lladdr: "02:00:00:00:00:09" }];
  assert.deepEqual(neighLines(permanent, [{ dst: "fe80::9", dev: "eth0" }]), [
    "neigh 10.0.0.9 dev eth0 lladdr 02:00:00:00:00:09",
    "neigh proxy fe80::9 dev eth0",
  ]);
});

test("ruleLines() names family, priority, selector and table", () => {
  const marked = { priority: 100, src: "all", fwmark: "0x1", table: "100", protocol: "static" };
  assert.deepEqual(ruleLines([marked], [{ priority: 0, src: "all", table: "local" }]), [
    'rule ipv4 100: from all lookup 100 {"fwmark":"0x1"}',
    "rule ipv6 0: from all lookup local",
  ]);
});

test("qdiscLines() leaves out the qdiscs that come with a link", () => {
  const qdiscs = [
    { kind: "noqueue", handle: "0:", dev: "eth0", root: true, refcnt: 2, options: {} },
    { kind: "clsact", handle: "ffff:", dev: "rep0v0", parent: "ffff:fff1", options: {} },
  ];
  assert.deepEqual(qdiscLines(qdiscs), [
    'qdisc rep0v0 clsact ffff: {"options":{},"parent":"ffff:fff1"}',
  ]);
  assert.deepEqual(devicesWithQdiscs(qdiscs), ["rep0v0"]);
});

test("nftLines() puts each rule under its table and chain", () => {
  const ruleset = `table ip nat {
\tchain postrouting {
\t\ttype nat hook postrouting priority srcnat; policy accept;
\t\tip saddr 10.0.0.0/8 masquerade
\t}
}
table ip6 filter {
}
`;
  assert.deepEqual(nftLines(ruleset), [
    "nft table ip nat",
    "nft table ip nat chain postrouting",
    "nft table ip nat chain postrouting: type nat hook postrouting priority srcnat; policy accept;",
    "nft table ip nat chain postrouting: ip saddr 10.0.0.0/8 masquerade",
    "nft table ip6 filter",
  ]);
});
