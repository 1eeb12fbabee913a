import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  AddPortRequest,
  AddPortResponse,
  Health,
  Health_State,
} from "../../proto/gen/offload/v1/offload.ts";
import type { NewPort, PortSetting } from "./agent.ts";
import {
  fromAddPortRequest,
  fromAddPortResponse,
  fromHealth,
  fromKey,
  toAddPortRequest,
  toAddPortResponse,
} from "./agent-messages.ts";

const word = fc.stringMatching(/^[a-z0-9.:-]{1,12}$/);
const u32 = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const optional = { requiredKeys: [] as never[] };

const setting: fc.Arbitrary<PortSetting> = fc.record({
  addresses: fc.array(fc.record({ address: word, gateway: word }, { requiredKeys: ["address"] })),
  routes: fc.array(fc.record({ dst: word, gw: word, mtu: u32 }, { requiredKeys: ["dst"] })),
  mtu: u32,
  mac: word,
  dns: fc.record(
    {
      nameservers: fc.array(word, { minLength: 1 }),
      domain: word,
      search: fc.array(word, { minLength: 1 }),
      options: fc.array(word, { minLength: 1 }),
    },
    optional,
  ),
});

const addresses = fc.array(
  fc.record({ address: word, gateway: word }, { requiredKeys: ["address"] }),
  { minLength: 1 },
);

const port: fc.Arbitrary<NewPort> = fc.record(
  {
    key: fc.record({ network: word, containerId: word, ifname: word }),
    generation: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    vf: fc.record({ pf: u32, index: u32, mac: word, pciAddress: word }),
    pod: fc.record({ namespace: fc.string(), name: fc.string(), uid: fc.string() }),
    networkConfig: fc.string(),
    addresses,
  },
  { requiredKeys: ["key", "generation", "vf", "pod", "networkConfig"] },
);

test("a setting comes through the wire as it was", () => {
  fc.assert(
    fc.property(setting, (sent) => {
      const bytes = AddPortResponse.encode(toAddPortResponse(sent)).finish();
      assert.deepEqual(plain(fromAddPortResponse(AddPortResponse.decode(bytes))), plain(sent));
    }),
  );
});

test("a new port comes through the wire as it was", () => {
  fc.assert(
    fc.property(port, (sent) => {
      const bytes = AddPortRequest.encode(toAddPortRequest(sent)).finish();
      assert.deepEqual(plain(fromAddPortRequest(AddPortRequest.decode(bytes))), plain(sent));
    }),
  );
});

/** fast-check makes records without a prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test("a request that lacks a part is refused in words", () => {
  const empty = AddPortRequest.decode(new Uint8Array());
  assert.equal(fromAddPortRequest(empty), "the request names no attachment");
  const key = { network: "n", containerId: "c", ifname: "e" };
  const noVf = { ...empty, attachment: key };
  assert.equal(fromAddPortRequest(noVf), "the request names no VF");
  assert.match(String(fromKey({ ...key, ifname: "" })), /lacks/);
  assert.match(String(fromKey({ ...key, network: "a/b" })), /has a "\/"/);
});

test("a health of an unknown state is unavailable", () => {
  const health = Health.fromPartial({ state: Health_State.READY });
  assert.deepEqual(fromHealth(health), { state: "ready" });
  const reason = "the DPU gave no reason";
  assert.deepEqual(fromHealth(Health.fromPartial({})), { state: "unavailable", reason });
  assert.deepEqual(
    fromHealth(Health.fromPartial({ state: Health_State.DATAPLANE_DOWN, reason: "u" })),
    {
      state: "dataplaneDown",
      reason: "u",
    },
  );
});
