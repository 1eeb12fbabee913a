import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createLog } from "../base/log.ts";
import { memoryStore } from "../store/memory-store.ts";
import { StoreError } from "../store/store.ts";
import type { Attachment } from "./attachment.ts";
import { parseAttachment } from "./attachment-record.ts";
import { Attachments } from "./attachments.ts";
import { Generations, parseReserved } from "./generations.ts";

const pristine = {
  ...{ name: "enp3s0f0v0", address: "02:00:00:00:00:01", mtu: 1500, up: false, promisc: false },
  ...{ allmulticast: false, txQueueLen: 1000, alias: "", altNames: [] },
  ...{ multicast: true, arp: true, group: 0, xdp: "" },
};

const record: Attachment = {
  format: 1,
  key: { network: "podnet", containerId: "a", ifname: "eth0" },
  phase: "adding",
  generation: 7,
  pod: { namespace: "", name: "", uid: "" },
  vf: { pciAddress: "0000:03:00.1", pf: 0, index: 0, pristine },
  netns: "/run/netns/a",
  networkConfig: "{}",
  since: "2026-01-01T00:00:00.000Z",
};

async function open(store = memoryStore(parseAttachment)) {
  const clock = { now: () => 5, sleep: async () => {} };
  const log = createLog({ component: "host", write: () => {} });
  const generations = await Generations.open(memoryStore(parseReserved), { clock, log });
  return Attachments.open(store, generations);
}

test("generations are larger than those of the records, though the clock is behind them", async () => {
  const store = memoryStore(parseAttachment);
  await store.put("podnet/a/eth0", record);
  const attachments = await open(store);
  assert.deepEqual([attachments.nextGeneration(), attachments.nextGeneration()], [8, 9]);
});

test("a record that could not be written is as if it had not been asked for", async (t) => {
  const store = memoryStore(parseAttachment);
  const attachments = await open(store);
  const put = t.mock.method(store, "put", async () => {
    throw new StoreError("ENOSPC", "full");
  });
  await assert.rejects(attachments.put(record), StoreError);
  assert.equal(attachments.get(record.key), undefined);
  assert.equal(attachments.ownerOf(record.vf.pciAddress), undefined);
  put.mock.restore();
  await attachments.put(record);
  t.mock.method(store, "put", async () => {
    throw new StoreError("ENOSPC", "full");
  });
  await assert.rejects(attachments.put({ ...record, phase: "deleting" }), StoreError);
  assert.equal(attachments.get(record.key)?.phase, "adding");
});

test("a release is durable as soon as the disk does not say ready", async () => {
  const attachments = await open();
  const port = { addresses: [], routes: [], mtu: 1400, mac: "", dns: {} };
  await attachments.put({ ...record, phase: "ready", port });
  attachments.note({ ...record, phase: "deleting" });
  assert.equal(attachments.isReleaseDurable(record.key), false);
  await attachments.put({ ...record, phase: "deleting" });
  assert.equal(attachments.isReleaseDurable(record.key), true);
});

test("parseAttachment() reads back what was written", () => {
  assert.deepEqual(parseAttachment(JSON.parse(JSON.stringify(record))), record);
});

test("parseAttachment() gives a record or an Error with a reason for any value", () => {
  const key = fc.constantFrom(...Object.keys(record), "extra");
  fc.assert(
    fc.property(key, fc.jsonValue(), (name, value) => {
      try {
        parseAttachment({ ...record, [name]: value });
      } catch (error) {
        assert.ok(error instanceof Error && error.constructor === Error, String(error));
        assert.notEqual(error.message, "");
      }
    }),
  );
  assert.throws(() => parseAttachment({ ...record, format: 2 }), /format: expected 1, it is 2/);
  assert.throws(() => parseAttachment({ ...record, phase: "ready" }), /port: expected an object/);
});
