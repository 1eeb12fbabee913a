import assert from "node:assert/strict";
import { test } from "node:test";
import picocolors from "picocolors";
import type { Cell } from "../core/cell.ts";
import type { CheckRecord } from "../core/record.ts";
import { cellTables } from "./cell-table.ts";
import { sampleCheck, sampleRecord } from "./sample-record.ts";

const plain = picocolors.createColors(false);

function check(place: string, outcome: CheckRecord["outcome"]): CheckRecord {
  const [plane = "", source, destination, protocol, family] = place.split(" ");
  const cell = { plane, source, destination, protocol, family: family === "4" ? 4 : 6 } as Cell;
  return sampleCheck({ id: place, outcome, cell });
}

function tablesOf(checks: readonly CheckRecord[]): readonly string[] {
  return cellTables(sampleRecord(checks), plain);
}

test("a run without cells has no table", () => {
  assert.deepEqual(tablesOf([]), []);
});

test("each plane is a table of sources and destinations, with a mark per protocol and family", () => {
  const lines = tablesOf([
    check("routed pod host icmp 4", "passed"),
    check("routed pod host icmp 6", "failed"),
    check("routed pod host tcp 4", "notApplicable"),
    check("routed pod host tcp 6", "blocked"),
    check("routed pod external tcp 4", "skipped"),
    check("routed host external icmp 4", "finding"),
    check("plugin:ptp pod host tcp 4", "passed"),
  ]);
  assert.deepEqual(lines.slice(0, -1), [
    "routed  host     external",
    "  pod   ✓·  ✗⊘    -",
    "  host           !",
    "plugin:ptp  host     external",
    "  pod        ✓",
  ]);
  assert.match(lines.at(-1) ?? "", /^each cell: icmp tcp udp over IPv4, then over IPv6/);
});
