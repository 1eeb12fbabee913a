import assert from "node:assert/strict";
import { test } from "node:test";
import { parseShape } from "../base/shape.ts";
import { configShape } from "./config.ts";

const good = {
  node: "node1",
  listen: "198.18.0.2:8000",
  stateDir: "/var/lib/cni-offload/agent",
  tls: { ca: "ca.crt", cert: "agent.crt", key: "agent.key" },
  representor: "rep{pf}v{vf}",
  dataplane: {
    kind: "routed",
    uplink: "uplink0",
    ranges: ["10.244.1.0/24", "fd00:10:244:1::/64"],
    peers: [{ ranges: ["10.244.2.0/24"], via: ["198.51.100.2"] }],
  },
};

test("the documented configuration is accepted and gets its defaults", () => {
  const parsed = parseShape(configShape, good);
  assert.ok(parsed.ok);
  assert.equal(parsed.value.log.level, "info");
  const { dataplane } = parsed.value;
  assert.ok(dataplane.kind === "routed");
  const cidrs = dataplane.ranges.map(({ cidr }) => cidr);
  assert.deepEqual(cidrs, ["10.244.1.0/24", "fd00:10:244:1::/64"]);
});

function routed(change: object): object {
  return { ...good, dataplane: { ...good.dataplane, ...change } };
}

const peer = (ranges: readonly string[], via: readonly string[]) =>
  routed({ peers: [{ ranges, via }] });

for (const [what, config, reason] of [
  ["an unknown key", { ...good, nodes: 1 }, /^unknown key "nodes"$/],
  ["an unknown key of the dataplane", routed({ up: "x" }), /^dataplane: unknown key "up"$/],
  [
    "a port for the reference's hosts without its risk accepted",
    { ...good, reference: { enabled: true, listen: "198.18.0.2:8001", from: ["198.18.0.1"] } },
    /^reference.insecure: expected true, it is missing/,
  ],
  [
    "a port for the reference's hosts without their addresses",
    { ...good, reference: { enabled: true, listen: "198.18.0.2:8001", from: [], insecure: true } },
    /^reference.from: expected at least one address/,
  ],
  ["a missing key", { ...good, stateDir: undefined }, /^stateDir: .*missing$/],
  ["a node that is no DNS name", { ...good, node: "Node_1" }, /^node: .*"Node_1"$/],
  ["an address without a port", { ...good, listen: "198.18.0.2" }, /^listen: expected HOST:PORT/],
  ["a pattern without a VF", { ...good, representor: "rep0" }, /^representor: .*\{vf\}/],
  ["another dataplane", routed({ kind: "magic" }), /^dataplane.kind: .*routed.*"magic"$/],
  [
    "a range with host bits",
    routed({ ranges: ["10.1.1.1/24"] }),
    /ranges\[0\]: .*write 10.1.1.0\/24/,
  ],
  ["a range without room", routed({ ranges: ["10.1.1.0/31"] }), /ranges\[0\]: .*\/30 or a \/126/],
  ["no range", routed({ ranges: [] }), /^dataplane.ranges: /],
  [
    "overlapping ranges",
    peer(["10.244.0.0/16"], ["198.51.100.2"]),
    /peers\[0\].ranges\[0\]: .*overlaps/,
  ],
  [
    "a peer without a way",
    peer(["fd01::/64"], ["198.51.100.2"]),
    /^dataplane.peers\[0\]: each family/,
  ],
  ["a gateway that is none", peer(["10.9.0.0/24"], ["gw"]), /via\[0\]: expected an IP address/],
] as const) {
  test(`${what} is refused by name`, () => {
    const parsed = parseShape(configShape, config);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  });
}
