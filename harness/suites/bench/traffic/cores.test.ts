import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCoreTimes } from "./core-times.ts";
import { coreList, coreMask, divideCores } from "./steering.ts";

test("cores are divided in halves, and one core is not", () => {
  assert.deepEqual(divideCores(2), { host: [0], dpu: [1] });
  assert.deepEqual(divideCores(5), { host: [0, 1], dpu: [2, 3, 4] });
  assert.equal(divideCores(1), undefined);
  assert.equal(coreList([0, 1]), "0,1");
});

test("masks are as the kernel prints them", () => {
  assert.equal(coreMask([]), "0");
  assert.equal(coreMask([0]), "1");
  assert.equal(coreMask([1, 3]), "a");
  assert.equal(coreMask([31]), "80000000");
  assert.equal(coreMask([0, 32, 33]), "3,00000001");
});

test("the time of each core is split between workload and network", () => {
  const text = `cpu  9 9 9 9 9 9 9 9 9 9
cpu0 100 1 200 5000 7 3 40 0 0 0
cpu1 10 0 20 5000 7 0 4 9 0 0
intr 1
`;
  assert.deepEqual(parseCoreTimes(text), [
    { workload: 3010, network: 430 },
    { workload: 300, network: 40 },
  ]);
});
