/** A dataplane for tests: gives 10.0.0.N, remembers what it was asked, fails when told to. */
import type { Dataplane, DataplaneHealth, PortSetting } from "./dataplane.ts";

export interface FakeDataplane extends Dataplane {
  /** "attach KEY", "detach KEY" in the order of the calls */
  readonly calls: string[];
  /** keys with a port */
  readonly attached: Map<string, PortSetting>;
  healthNow: DataplaneHealth;
  /** Thrown by the next call of this verb. */
  failNext: { attach?: Error; detach?: Error; check?: Error };
  /** Awaited inside `attach`, before it answers. */
  gate: (signal: AbortSignal) => Promise<unknown>;
  /** What the next new port is given, in place of 10.0.0.N. */
  nextSetting: PortSetting | undefined;
}

export function fakeDataplane(): FakeDataplane {
  let last = 1;
  const attached = new Map<string, PortSetting>();
  const fail = (verb: "attach" | "detach" | "check") => {
    const error = fake.failNext[verb];
    delete fake.failNext[verb];
    if (error !== undefined) throw error;
  };
  const fake: FakeDataplane = {
    name: "fake",
    calls: [],
    attached,
    healthNow: { state: "ready", free: { ipv4: 9, ipv6: 0 } },
    failNext: {},
    gate: async () => {},
    nextSetting: undefined,
    async start() {},
    async remove() {},
    async attach({ key, mac, addresses }, signal) {
      fake.calls.push(`attach ${key}`);
      await fake.gate(signal);
      fail("attach");
      const setting: PortSetting = attached.get(key) ??
        fake.nextSetting ?? {
          addresses: addresses ?? [{ address: `10.0.0.${++last}/32`, gateway: "169.254.1.1" }],
          routes: [{ dst: "169.254.1.1/32" }, { dst: "0.0.0.0/0", gw: "169.254.1.1", mtu: 1400 }],
          mtu: 1400,
          mac,
          dns: { nameservers: ["10.0.0.53"] },
        };
      fake.nextSetting = undefined;
      attached.set(key, setting);
      return setting;
    },
    async detach({ key }) {
      fake.calls.push(`detach ${key}`);
      fail("detach");
      attached.delete(key);
    },
    async check() {
      fail("check");
    },
    async health() {
      return fake.healthNow;
    },
  };
  return fake;
}
