import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "./log.ts";

function capture() {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line: string) => void lines.push(JSON.parse(line)) };
}

test("a log line carries time, level, component, message and fields", () => {
  const { lines, write } = capture();
  createLog({ component: "agent", write }).warn("late", { ms: 5 });
  const { time, ...rest } = lines[0] ?? {};
  assert.ok(Number.isFinite(Date.parse(String(time))));
  assert.deepEqual(rest, { level: "warn", component: "agent", message: "late", ms: 5 });
});

test("a log drops lines below its level", () => {
  const { lines, write } = capture();
  const log = createLog({ component: "agent", level: "warn", write });
  log.debug("a");
  log.info("b");
  log.error("c");
  assert.deepEqual(
    lines.map((line) => line["message"]),
    ["c"],
  );
});

test("with() binds fields that a call can override, but no field replaces the line's own", () => {
  const { lines, write } = capture();
  const log = createLog({ component: "agent", write }).with({ key: "a", vf: 1 });
  log.info("said", { key: "b", level: "x", message: "y" });
  const { key, vf, level, message } = lines[0] ?? {};
  assert.deepEqual(
    { key, vf, level, message },
    { key: "b", vf: 1, level: "info", message: "said" },
  );
});

test("an error, a bigint and a cycle in a field are survived", () => {
  const { lines, write } = capture();
  const log = createLog({ component: "agent", write });
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  log.info("error", { error: new Error("bad", { cause: new Error("root") }), big: 1n });
  log.info("cycle", { cycle });
  assert.deepEqual(lines[0]?.["error"], {
    name: "Error",
    message: "bad",
    cause: { name: "Error", message: "root" },
  });
  assert.equal(lines[0]?.["big"], "1");
  assert.equal(lines[1]?.["message"], "cycle");
});
