import assert from "node:assert/strict";
import { test } from "node:test";
import { detectFeatures } from "./features.ts";
import { linuxKernel } from "./linux.ts";

const skip = process.env.DNC_SCRATCH_NETNS
  ? false
  : "needs namespaces of its own: run it through npm test";

test("what the product cannot do without is found on this kernel", { skip }, async () => {
  const features = new Map(
    (await detectFeatures(linuxKernel())).map((feature) => [feature.name, feature]),
  );
  for (const name of ["namespaces", "veth", "move", "bridge", "ipv4"]) {
    assert.equal(features.get(name)?.present, true, features.get(name)?.detail);
  }
});
