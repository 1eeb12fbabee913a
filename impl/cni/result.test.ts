/** Results hold what their version knows, and come back as prevResult unchanged. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CniError } from "./cni-error.ts";
import { parseResult, printResult } from "./result.ts";
import { type CniResult, cniVersions } from "./types.ts";
import { atLeast } from "./version.ts";

const full: CniResult = {
  interfaces: [
    { name: "veth1", mac: "02:00:00:00:00:01" },
    {
      name: "eth0",
      mac: "02:00:00:00:00:02",
      mtu: 1450,
      sandbox: "/proc/7/ns/net",
      socketPath: "/run/x.sock",
      pciID: "0000:03:00.1",
    },
  ],
  ips: [
    { address: "10.0.0.5/24", gateway: "10.0.0.1", interface: 1 },
    { address: "fd00::5/64", interface: 1 },
  ],
  routes: [
    { dst: "0.0.0.0/0", gw: "10.0.0.1", mtu: 1400, advmss: 1360, priority: 5, table: 7, scope: 0 },
    { dst: "::/0" },
  ],
  dns: { nameservers: ["10.0.0.10"], search: ["a.b"], domain: "b", options: ["ndots:5"] },
};

describe("printResult()", () => {
  it("writes the family of each address up to 0.4.0, and never from 1.0.0", () => {
    for (const version of cniVersions) {
      const { ips } = JSON.parse(printResult(full, version));
      const expected = atLeast(version, "1.0.0") ? [undefined, undefined] : ["4", "6"];
      assert.deepEqual(
        ips.map((ip: { version?: string }) => ip.version),
        expected,
        version,
      );
    }
  });

  it("leaves out what only 1.1.0 knows", () => {
    for (const version of cniVersions) {
      const printed = JSON.parse(printResult(full, version));
      assert.equal(printed.cniVersion, version);
      const link = Object.keys(printed.interfaces[1]).toSorted();
      const route = Object.keys(printed.routes[0]).toSorted();
      if (version === "1.1.0") {
        assert.deepEqual(link, ["mac", "mtu", "name", "pciID", "sandbox", "socketPath"]);
        assert.deepEqual(route, ["advmss", "dst", "gw", "mtu", "priority", "scope", "table"]);
      } else {
        assert.deepEqual(link, ["mac", "name", "sandbox"]);
        assert.deepEqual(route, ["dst", "gw"]);
      }
    }
  });
});

describe("parseResult()", () => {
  it("reads what Go's libraries print: nulls, empty texts, absent lists, unknown keys", () => {
    const printed = {
      cniVersion: "0.3.1",
      interfaces: [{ name: "lo", mac: "", sandbox: null, extra: 1 }],
      ips: [{ address: "127.0.0.1/8", interface: 0, gateway: "" }],
      dns: {},
    };
    assert.deepEqual(parseResult(printed, "0.3.1"), {
      interfaces: [{ name: "lo" }],
      ips: [{ address: "127.0.0.1/8", interface: 0 }],
      routes: [],
      dns: {},
    });
    const none = { interfaces: null, ips: null, routes: null, dns: null };
    assert.deepEqual(parseResult(none, "1.0.0"), { interfaces: [], ips: [], routes: [], dns: {} });
  });

  it("believes the version inside rather than the configuration's", () => {
    assert.deepEqual(parseResult(JSON.parse(printResult(full, "1.1.0")), "0.4.0"), full);
  });

  it("names what is wrong by its path", () => {
    const bad = { ips: [{ address: "10.0.0.5/24" }, { address: "10.0.0.500/24" }] };
    assert.throws(() => parseResult(bad, "1.0.0"), /ips\[1\]\.address/);
  });

  it("gives back what printResult() was given, less what the version cannot say", () => {
    const uint = fc.integer({ min: 0, max: 0xffff_ffff });
    const word = fc.string({ minLength: 1 });
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((ip) => !ip.includes(".")),
    );
    const cidr = address.map((ip) => `${ip}/${ip.includes(":") ? 64 : 24}`);
    const some = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3 });
    const result = fc.record({
      interfaces: fc.array(
        fc.record(
          { name: word, mac: word, mtu: uint, sandbox: word, socketPath: word, pciID: word },
          { requiredKeys: ["name"] },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      ips: some(
        fc.record(
          { address: cidr, gateway: address, interface: fc.constant(0) },
          { requiredKeys: ["address"] },
        ),
      ),
      routes: some(
        fc.record(
          {
            dst: cidr,
            gw: address,
            mtu: uint,
            advmss: uint,
            priority: uint,
            table: uint,
            scope: uint,
          },
          { requiredKeys: ["dst"] },
        ),
      ),
      dns: fc.record(
        { nameservers: some(address), domain: word, search: some(word), options: some(word) },
        { requiredKeys: [] },
      ),
    });
    const property = fc.property(result, fc.constantFrom(...cniVersions), (given, version) => {
      const read = parseResult(JSON.parse(printResult(given, version)), version);
      const expected = atLeast(version, "1.1.0") ? given : reduced(given);
      assert.deepEqual(read, JSON.parse(JSON.stringify(expected)));
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("gives a result or a CniError for any JSON", () => {
    const property = fc.property(
      fc.jsonValue(),
      fc.constantFrom(...cniVersions),
      (json, version) => {
        try {
          parseResult(json, version);
        } catch (error) {
          assert.ok(error instanceof CniError && error.code === 7, String(error));
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

/** Written a second time on purpose: what 1.0.0 and older keep. */
function reduced(result: CniResult): CniResult {
  return {
    ...result,
    interfaces: result.interfaces.map(({ name, mac, sandbox }) => ({
      name,
      ...(mac === undefined ? {} : { mac }),
      ...(sandbox === undefined ? {} : { sandbox }),
    })),
    routes: result.routes.map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw })),
  };
}
