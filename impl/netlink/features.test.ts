import assert from "node:assert/strict";
import { test } from "node:test";
import { detectFeatures } from "./features.ts";
import type { Netns } from "./kernel.ts";
import { memoryKernel } from "./memory.ts";
import { NetlinkError } from "./netlink-error.ts";

test("a whole kernel has every feature", async () => {
  const features = await detectFeatures(memoryKernel());
  assert.deepEqual(
    features.filter((feature) => !feature.present),
    [],
  );
  assert.ok(features.length >= 9);
});

/** A kernel whose namespaces refuse one verb. */
function lacking(verb: keyof Netns, errno: string) {
  const kernel = memoryKernel();
  const refuse = async () => {
    throw new NetlinkError(errno, "tc qdisc add", "no such kind");
  };
  return {
    ...kernel,
    netnsScratch: async () => {
      const netns = await kernel.netnsScratch();
      return new Proxy(netns, {
        get: (target, key) => {
          if (key === verb) return refuse;
          const value = Reflect.get(target, key);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  };
}

test("what is missing is named with the kernel's refusal, and the rest is still tried", async () => {
  const features = await detectFeatures(lacking("qdiscAdd", "ENOENT"));
  const missing = features.filter((feature) => !feature.present);
  assert.deepEqual(
    missing.map((feature) => feature.name),
    ["clsact"],
  );
  assert.match(missing[0]?.detail ?? "", /tc qdisc add": no such kind \(ENOENT\)$/);
});

test("without the right to make a namespace, that is what is said", async () => {
  const kernel = memoryKernel();
  const netnsScratch = async () => {
    throw new NetlinkError("EPERM", "unshare --net", "operation not permitted");
  };
  const features = await detectFeatures({ ...kernel, netnsScratch });
  assert.ok(features.every((feature) => !feature.present));
  assert.match(features[0]?.detail ?? "", /unshare --net": operation not permitted \(EPERM\)/);
});
