/** Which files are lists, and what of them is used. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseNetworkList } from "./network-list.ts";

const good = { cniVersion: "1.0.0", name: "podnet", plugins: [{ type: "bridge", mtu: 1400 }] };
const parse = (value: unknown) => parseNetworkList(JSON.stringify(value), "/etc/cni/net.conflist");

test("a list keeps its plugins with every key they have", () => {
  assert.deepEqual(parse(good), {
    ...{ name: "podnet", version: "1.0.0", disableCheck: false, disableGC: false },
    plugins: [{ type: "bridge", mtu: 1400 }],
  });
});

test("a configuration of one plugin is a list of one", () => {
  const list = parse({ cniVersion: "0.4.0", name: "podnet", type: "bridge" });
  assert.deepEqual(list.plugins, [{ cniVersion: "0.4.0", name: "podnet", type: "bridge" }]);
});

test("of several versions the newest that we speak is taken", () => {
  const versions = ["0.4.0", "1.1.0", "9.0.0", "1.0.0"];
  assert.equal(parse({ ...good, cniVersions: versions }).version, "1.1.0");
});

test("disableCheck may be a text", () => {
  assert.equal(parse({ ...good, disableCheck: "true" }).disableCheck, true);
});

for (const [what, value, says] of [
  ["no version", { ...good, cniVersion: undefined }, /it has no cniVersion; one of 0\.3\.0, /],
  ["an unknown version", { ...good, cniVersion: "0.2.0" }, /cniVersion 0\.2\.0; one of/],
  ["no plugin", { ...good, plugins: [] }, /plugins/],
  ["a type with a folder", { ...good, plugins: [{ type: "../sh" }] }, /without a folder/],
  ["a name with a slash", { ...good, name: "a/b" }, /name: expected letters/],
  ["no object", 5, /expected an object/],
] as const) {
  test(`${what} is refused by name`, () => {
    assert.throws(
      () => parse(value),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(
          error.message,
          /^Cannot use the network configuration "\/etc\/cni\/net.conflist": /,
        );
        assert.match(error.message, says);
        return true;
      },
    );
  });
}

test("parseNetworkList() of any text gives a list or an Error of one line", () => {
  const json = fc.json();
  const near = fc.record({
    name: fc.oneof(fc.constant("net"), fc.jsonValue()),
    cniVersion: fc.oneof(fc.constant("1.0.0"), fc.jsonValue()),
    plugins: fc.array(fc.oneof(fc.record({ type: fc.string() }), fc.jsonValue())),
  });
  fc.assert(
    fc.property(
      fc.oneof(
        json,
        fc.string(),
        near.map((value) => JSON.stringify(value)),
      ),
      (text) => {
        try {
          parseNetworkList(text, "/x");
        } catch (error) {
          assert.ok(error instanceof Error);
          assert.doesNotMatch(error.message, /\n/);
        }
      },
    ),
  );
});
