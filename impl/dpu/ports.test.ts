import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import type { CniError } from "../cni/cni-error.ts";
import { keyText } from "../cni/types.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";
import type { NewPort } from "../wire/agent.ts";
import { AddressesExhausted, AddressTaken, CheckFailure } from "./dataplane.ts";
import { type FakeDataplane, fakeDataplane } from "./fake-dataplane.ts";
import { type PortRecord, parsePortRecord } from "./port-record.ts";
import { Ports } from "./ports.ts";

const { signal } = new AbortController();
const key = { network: "net", containerId: "c1", ifname: "eth0" };
const text = keyText(key);

function newPort(change: Partial<NewPort> & { index?: number } = {}): NewPort {
  const { index = 0, ...rest } = change;
  return {
    key,
    generation: 1,
    vf: { pf: 0, index, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
    pod: { namespace: "default", name: "web", uid: "" },
    networkConfig: "{}",
    ...rest,
  };
}

interface World {
  readonly ports: Ports;
  readonly dataplane: FakeDataplane;
  readonly store: Store<PortRecord>;
}

function world(store: Store<PortRecord> = memoryStore(parsePortRecord)): World {
  const dataplane = fakeDataplane();
  const log = createLog({ component: "test", write: () => {} });
  const ports = new Ports({ store, dataplane, representor: "rep{pf}v{vf}", log });
  return { ports, dataplane, store };
}

async function onDisk(store: Store<PortRecord>): Promise<readonly PortRecord[]> {
  return [...(await store.load()).records.values()];
}

test("add() records the port as ready with what the dataplane gave", async () => {
  const { ports, store } = world();
  const setting = await ports.add(newPort(), signal);
  const [record, ...others] = await onDisk(store);
  assert.equal(others.length, 0);
  assert.equal(record?.phase, "ready");
  assert.equal(record?.representor, "rep0v0");
  assert.deepEqual(record?.setting, setting);
});

test("add() has its intent on disk before the dataplane is asked", async () => {
  const { ports, dataplane, store } = world();
  let seen: readonly PortRecord[] = [];
  dataplane.gate = async () => {
    seen = await onDisk(store);
  };
  await ports.add(newPort(), signal);
  assert.deepEqual(
    seen.map(({ phase, generation }) => ({ phase, generation })),
    [{ phase: "adding", generation: 1 }],
  );
});

test("add() of the same generation gives the same answer and asks the dataplane once", async () => {
  const { ports, dataplane } = world();
  const first = await ports.add(newPort(), signal);
  assert.deepEqual(await ports.add(newPort(), signal), first);
  assert.deepEqual(dataplane.calls, [`attach ${text}`]);
});

test("add() of a newer generation detaches the older port first, also when its VF is another", async () => {
  const { ports, dataplane } = world();
  await ports.add(newPort(), signal);
  await ports.add(newPort({ generation: 2, index: 1 }), signal);
  assert.deepEqual(dataplane.calls, [`attach ${text}`, `detach ${text}`, `attach ${text}`]);
  assert.deepEqual(
    ports.list().map(({ generation, vf }) => [generation, vf.index]),
    [[2, 1]],
  );
});

test("add() of an older generation is refused and touches nothing", async () => {
  const { ports, dataplane } = world();
  await ports.add(newPort({ generation: 5 }), signal);
  await assert.rejects(ports.add(newPort({ generation: 4 }), signal), (error: CniError) => {
    assert.equal(error.code, 105);
    assert.match(error.message, /generation 4 is older than the port's, 5/);
    return true;
  });
  assert.deepEqual(dataplane.calls, [`attach ${text}`]);
});

test("add() that was overtaken by its own delete makes no port", async () => {
  const { ports, dataplane } = world();
  assert.equal(await ports.delete(key, 3), false);
  await assert.rejects(ports.add(newPort({ generation: 3 }), signal), /was deleted already/);
  await ports.add(newPort({ generation: 4 }), signal);
  assert.deepEqual(dataplane.calls, [`attach ${text}`]);
});

test("add() refuses a VF that belongs to another port, even when both are asked at once", async () => {
  const { ports } = world();
  const other = { ...key, containerId: "c2" };
  const results = await Promise.allSettled([
    ports.add(newPort(), signal),
    ports.add(newPort({ key: other }), signal),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected"],
  );
  assert.match(
    String((results[1] as PromiseRejectedResult).reason),
    /VF 0\/0 belongs to port "net\/c1\/eth0"/,
  );
  await ports.delete(key, 1);
  await ports.add(newPort({ key: other }), signal);
});

test("add() that the dataplane refuses leaves no record and frees the VF", async () => {
  const { ports, dataplane, store } = world();
  dataplane.failNext.attach = new AddressesExhausted("no IPv4 address is free");
  await assert.rejects(ports.add(newPort(), signal), { code: 107 });
  assert.deepEqual(await onDisk(store), []);
  await ports.add(newPort({ key: { ...key, containerId: "c2" } }), signal);
});

test("add() whose ready record cannot be written is undone and can be tried again", async () => {
  const store = memoryStore(parsePortRecord);
  let puts = 0;
  const full: Store<PortRecord> = {
    ...store,
    load: () => store.load(),
    delete: (k) => store.delete(k),
    async put(k, record) {
      puts += 1;
      if (puts === 2) throw new Error("no space left on device");
      await store.put(k, record);
    },
  };
  const { ports, dataplane } = world(full);
  await assert.rejects(ports.add(newPort(), signal), { code: 11, message: /no space left/ });
  assert.equal(dataplane.attached.size, 0);
  assert.deepEqual(await onDisk(store), []);
  await ports.add(newPort(), signal);
});

test("add() whose caller gave up while the dataplane worked leaves no port", async () => {
  const { ports, dataplane } = world();
  const caller = new AbortController();
  dataplane.gate = async () => caller.abort(new Error("gave up"));
  await assert.rejects(ports.add(newPort(), caller.signal));
  assert.equal(dataplane.attached.size, 0);
  assert.deepEqual(ports.list(), []);
});

test("delete() of an older generation leaves the newer port alone", async () => {
  const { ports, dataplane } = world();
  await ports.add(newPort({ generation: 2 }), signal);
  assert.equal(await ports.delete(key, 1), false);
  assert.equal(dataplane.attached.size, 1);
});

test("delete() that fails keeps the record and the VF, and succeeds when tried again", async () => {
  const { ports, dataplane, store } = world();
  await ports.add(newPort(), signal);
  dataplane.failNext.detach = new Error("netlink says no");
  await assert.rejects(ports.delete(key, 1), {
    code: 11,
    message: /Cannot delete port .*netlink says no/,
  });
  assert.equal((await onDisk(store)).length, 1);
  assert.equal(await ports.delete(key, 1), true);
  assert.equal(await ports.delete(key, 1), false);
  assert.deepEqual(await onDisk(store), []);
});

test("check() names the first difference with code 106", async () => {
  const { ports, dataplane } = world();
  await assert.rejects(ports.check(key, 1), { code: 106, message: /the DPU has no such port/ });
  await ports.add(newPort({ generation: 2 }), signal);
  await ports.check(key, 2);
  await assert.rejects(ports.check(key, 1), { code: 106, message: /generation 2 of it, not 1/ });
  dataplane.failNext.check = new CheckFailure("route to 10.0.0.2/32 is missing");
  await assert.rejects(ports.check(key, 2), {
    code: 106,
    message: /route to 10.0.0.2\/32 is missing/,
  });
});

test("restore() attaches ready ports with their own addresses and removes half-made ones", async () => {
  const { ports, store } = world();
  const setting = await ports.add(newPort(), signal);
  const half = { ...key, containerId: "c2" };
  const [record] = await onDisk(store);
  assert.ok(record);
  await store.put(keyText(half), {
    ...record,
    key: half,
    phase: "adding",
    vf: { ...record.vf, index: 1 },
  });
  const next = world(store);
  await next.ports.restore();
  assert.deepEqual(next.dataplane.calls, [`attach ${text}`, `detach ${keyText(half)}`]);
  assert.deepEqual(next.dataplane.attached.get(text)?.addresses, setting.addresses);
  assert.deepEqual(await next.ports.add(newPort(), signal), setting);
  assert.deepEqual(
    next.ports.list().map((one) => one.key),
    [key],
  );
});

test("restore() keeps a port that cannot come back yet, CHECK says why, and mend() brings it back", async () => {
  const { ports, store } = world();
  await ports.add(newPort(), signal);
  const next = world(store);
  next.dataplane.failNext.attach = new Error('representor "rep0v0" does not exist');
  await next.ports.restore();
  await assert.rejects(next.ports.check(key, 1), /representor "rep0v0" does not exist/);
  await next.ports.mend();
  await next.ports.check(key, 1);
});

test("restore() goes on when two records claim one VF, and keeps the first", async () => {
  const { ports, store } = world();
  await ports.add(newPort(), signal);
  const [record] = await onDisk(store);
  assert.ok(record);
  const other = { ...key, containerId: "c2" };
  await store.put(keyText(other), { ...record, key: other });
  const next = world(store);
  await next.ports.restore();
  assert.deepEqual(
    next.ports.list().map((one) => one.key),
    [key],
  );
  await next.ports.check(key, 1);
});

test("a port that comes back gets exactly its addresses, and keeps them when it cannot be made now", async () => {
  const { ports, dataplane, store } = world();
  const addresses = [{ address: "10.0.0.77/32", gateway: "169.254.1.1" }];
  dataplane.failNext.attach = new Error("representor is away");
  await assert.rejects(ports.add(newPort({ addresses }), signal), { code: 11 });
  const [kept] = await onDisk(store);
  assert.deepEqual([kept?.phase, kept?.setting.addresses], ["ready", addresses]);
  assert.equal(ports.states()[0]?.problem, "representor is away");
  await ports.mend();
  assert.equal(ports.states()[0]?.problem, undefined);
  const setting = await ports.add(newPort({ addresses }), signal);
  assert.deepEqual(setting.addresses, addresses);
  assert.equal(setting.mtu, 1400);
  assert.deepEqual((await onDisk(store))[0]?.setting, setting);
});

test("a port that comes back for addresses of another port is refused and leaves nothing", async () => {
  const { ports, dataplane, store } = world();
  const addresses = [{ address: "10.0.0.2/32" }];
  dataplane.failNext.attach = new AddressTaken("address 10.0.0.2 belongs to another port");
  await assert.rejects(ports.add(newPort({ addresses }), signal), {
    code: 105,
    message: `Cannot add port "${text}" on the DPU: address 10.0.0.2 belongs to another port`,
  });
  assert.deepEqual(await onDisk(store), []);
  assert.deepEqual(ports.list(), []);
});

test("a dataplane that gives a port that comes back other addresses is not believed", async () => {
  const { ports, dataplane } = world();
  const given = [{ address: "10.0.0.9/32" }];
  dataplane.attached.set(text, { addresses: given, routes: [], mtu: 1400, mac: "", dns: {} });
  const asked = [{ address: "10.0.0.2/32" }];
  await assert.rejects(
    ports.add(newPort({ addresses: asked }), signal),
    /the pod has 10.0.0.2\/32, the dataplane gave 10.0.0.9\/32/,
  );
});

/** As after a start that found the record of `key`, and another one, damaged. */
async function withDamaged(keys: readonly string[]) {
  const store = memoryStore(parsePortRecord);
  const damaged = keys.map((each) => ({ path: `${each}.damaged-1`, reason: "empty", key: each }));
  const forgotten: string[] = [];
  const { ports, dataplane } = world({
    ...store,
    load: async () => ({ ...(await store.load()), damaged }),
    forgetDamaged: async (each) => void forgotten.push(each),
  });
  let disowned = 0;
  dataplane.disown = async () => {
    disowned += 1;
  };
  await ports.restore();
  return { ports, store, forgotten, disowned: () => disowned };
}

test("a port that is made anew ends the doubt about its damaged record", async () => {
  for (const addresses of [undefined, [{ address: "10.0.0.9/32" }]]) {
    const { ports, forgotten, disowned } = await withDamaged([text, "net/c2/eth0"]);
    await ports.add(newPort(addresses === undefined ? {} : { addresses }), signal);
    assert.deepEqual(forgotten, [text]);
    assert.equal(disowned(), 0);
    await ports.delete({ ...key, containerId: "c2" }, 1);
    assert.equal(disowned(), 1);
    assert.deepEqual(ports.damaged(), []);
  }
});

test("a damaged record of a port that has a good one is of no account at the next start", async () => {
  const { ports, store } = await withDamaged([]);
  await ports.add(newPort(), signal);
  const damaged = [{ path: "c1.damaged-1", reason: "it was set aside", key: text }];
  const again = world({ ...store, load: async () => ({ ...(await store.load()), damaged }) });
  await again.ports.restore();
  assert.deepEqual(again.ports.damaged(), []);
});
