import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../core/usage-error.ts";
import { allCells, cellId, cellTitle, whyNot, whyNotFlat, whyNotOnOneNode } from "./cell.ts";
import { planesAsked } from "./planes-asked.ts";

const cells = allCells(["routed"]);
const ids = (some: typeof cells) => new Set(some.map(cellId));
const asked = { pods: 4, nodes: 9, plugins: [] };

test("every cell has an id and a title of its own", () => {
  assert.equal(ids(cells).size, cells.length);
  assert.equal(new Set(cells.map(cellTitle)).size, cells.length);
});

test("the directions that a node needs are judged, by both families", () => {
  const judged = ids(cells.filter((cell) => whyNot(cell) === undefined));
  const needed = [
    ...["pod-to-host-icmp", "pod-to-host-tcp", "pod-to-host-udp", "host-to-podNear-tcp"],
    ...["host-to-podFar-tcp", "hostNetwork-to-podFar-udp", "pod-to-hostNetwork-tcp"],
    ...["pod-to-serviceNear-tcp", "pod-to-serviceFar-udp", "host-to-serviceFar-tcp"],
    ...["pod-to-nodeDns-udp", "pod-to-nodeDns-tcp", "pod-to-hostPort-tcp"],
    ...["external-to-hostPort-tcp", "pod-to-external-icmp", "external-to-podFar-tcp"],
  ];
  const missing = needed
    .flatMap((way) => [`routed/${way}-ipv4`, `routed/${way}-ipv6`])
    .filter((id) => !judged.has(id));
  assert.deepEqual(missing, []);
});

test("what is left out of a flat network, or of one node, is more than what nobody needs", () => {
  const needed = cells.filter((cell) => whyNot(cell) === undefined);
  const kept = (why: typeof whyNotFlat) =>
    [
      ...new Set(
        needed
          .filter((cell) => why(cell) === undefined)
          .map(({ source, destination }) => `${source} ${destination}`),
      ),
    ].sort();
  assert.deepEqual(kept(whyNotOnOneNode), ["host podNear", "pod host", "pod podNear"]);
  assert.deepEqual(kept(whyNotFlat), [
    ...["host hostNetwork", "host podFar", "host podNear"],
    ...["hostNetwork hostNetwork", "hostNetwork podFar", "hostNetwork podNear"],
    ...["pod host", "pod hostNetwork", "pod podFar", "pod podNear"],
  ]);
});

test("the planes are three dataplanes and two plugins, or those that were asked for", () => {
  const names = (options: object) => planesAsked({ ...asked, ...options }).map(({ name }) => name);
  const usual = ["routed", "delegate:bridge", "delegate:ptp", "plugin:bridge", "plugin:ptp"];
  assert.deepEqual(names({}), usual);
  assert.deepEqual(names({ dataplane: "routed,delegate:macvlan" }), ["routed", "delegate:macvlan"]);
  assert.deepEqual(names({ plugins: ["ptp"] }), ["plugin:ptp"]);
  assert.throws(() => names({ dataplane: "routed,other" }), UsageError);
});
