import assert from "node:assert/strict";
import { test } from "node:test";
import { patternProblem, representorName } from "./representors.ts";

test("representorName() fills in PF and VF", () => {
  assert.equal(representorName("rep{pf}v{vf}", { pf: 1, index: 12 }), "rep1v12");
});

test("patternProblem() names what no interface name can come from", () => {
  assert.equal(patternProblem("rep{pf}v{vf}"), undefined);
  assert.equal(patternProblem("sdp{vf}"), undefined);
  assert.match(patternProblem("rep0") ?? "", /it has no "\{vf\}"/);
  assert.match(patternProblem("rep{port}v{vf}") ?? "", /"\{port\}"/);
  assert.match(patternProblem("a/{vf}") ?? "", /slash/);
  assert.match(patternProblem("averyverylongname{vf}") ?? "", /longer than 15/);
});
