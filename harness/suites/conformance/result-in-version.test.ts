/** A result keeps all it says when it is told in another version; only `ips[].version` comes and goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { resultInVersion } from "./result-in-version.ts";

const result = {
  cniVersion: "1.0.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/a" }],
  ips: [{ address: "10.0.0.2/24", interface: 0 }, { address: "fd00::2/64" }],
};

test("an older result names the family of each address, and back again it does not", () => {
  const old = resultInVersion(result, "0.4.0");
  assert.deepEqual(old, {
    ...result,
    cniVersion: "0.4.0",
    ips: [
      { version: "4", address: "10.0.0.2/24", interface: 0 },
      { version: "6", address: "fd00::2/64" },
    ],
  });
  assert.deepEqual(resultInVersion(old, "1.0.0"), result);
});

test("what is no result stays as it is", () => {
  assert.equal(resultInVersion("x", "1.0.0"), "x");
  assert.deepEqual(resultInVersion({ ips: 5 }, "1.0.0"), { ips: 5 });
});
