import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { noSetting, type PortRecord, parsePortRecord } from "./port-record.ts";

const record: PortRecord = {
  format: 1,
  phase: "ready",
  key: { network: "net", containerId: "c1", ifname: "eth0" },
  generation: 3,
  vf: { pf: 0, index: 1, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.2" },
  pod: { namespace: "", name: "", uid: "" },
  representor: "rep0v1",
  networkConfig: "{}",
  setting: { ...noSetting, addresses: [{ address: "10.0.0.2/32" }], routes: [{ dst: "::/0" }] },
  since: "2026-01-01T00:00:00.000Z",
};

test("parsePortRecord() gives back what was written", () => {
  assert.deepEqual(parsePortRecord(JSON.parse(JSON.stringify(record))), record);
});

test("parsePortRecord() refuses a later format, naming the key", () => {
  assert.throws(() => parsePortRecord({ ...record, format: 2 }), /format/);
});

test("parsePortRecord() of anything gives a record or an Error of one line", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(record)), (value, key) => {
      try {
        parsePortRecord({ ...record, [key]: value });
      } catch (error) {
        assert.ok(error instanceof Error && !error.message.includes("\n"));
      }
    }),
  );
});
