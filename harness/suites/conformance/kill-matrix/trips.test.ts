import assert from "node:assert/strict";
import { test } from "node:test";
import { steadyTrip, type Trip } from "./trips.ts";

const trip = (kind: Trip["kind"]): Trip => ({
  kind,
  failed: kind === "failed" ? ["strict"] : [],
  message: "",
  durationMs: 1,
});

/** Verdicts in this order, and how many were asked for. */
async function steadyOf(kinds: readonly Trip["kind"][], isMeant: boolean) {
  let asked = 0;
  const attempt = async () => trip(kinds[asked++] ?? "late");
  return { kind: (await steadyTrip(attempt, isMeant))?.kind, asked };
}

test("a verdict that is expected counts at once", async () => {
  assert.deepEqual(await steadyOf(["passed"], false), { kind: "passed", asked: 1 });
  assert.deepEqual(await steadyOf(["notApplicable"], false), { kind: "notApplicable", asked: 1 });
  assert.deepEqual(await steadyOf(["failed"], true), { kind: "failed", asked: 1 });
});

test("a verdict that nobody expects counts when it comes twice in succession", async () => {
  assert.deepEqual(await steadyOf(["failed", "failed"], false), { kind: "failed", asked: 2 });
  assert.deepEqual(await steadyOf(["failed", "passed"], false), { kind: "passed", asked: 2 });
  assert.deepEqual(await steadyOf(["passed", "passed"], true), { kind: "passed", asked: 2 });
  const wavering = ["failed", "blocked", "failed", "failed"] as const;
  assert.deepEqual(await steadyOf(wavering, false), { kind: "failed", asked: 4 });
});

test("the laboratory's own deadline is no verdict", async () => {
  assert.equal((await steadyOf(["late", "late", "late", "late", "late"], true)).kind, undefined);
  assert.equal((await steadyOf(["late", "late", "failed"], true)).kind, "failed");
});
