/** A process is never taken for another that had its pid. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { identityOf, isAlive, parseProcessStat, signalProcess } from "./process-identity.ts";

const fields = "S 1 42 42 0 -1 4194560 100 0 0 0 1 2 3 4 20 0 1 0 98765 1000 10";

test("parseProcessStat() reads a command with blanks and parentheses", () => {
  const stat = parseProcessStat(`42 (a) b (c)) ${fields}`);
  assert.deepEqual(stat, { pid: 42, startTime: "98765", state: "S", parent: 1 });
});

test("parseProcessStat() finds the fields behind any command name", () => {
  fc.assert(
    fc.property(fc.string(), (command) => {
      assert.equal(parseProcessStat(`7 (${command}) ${fields}`)?.startTime, "98765");
    }),
  );
});

test("parseProcessStat() gives undefined or a whole stat for any text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const stat = parseProcessStat(text);
      if (stat !== undefined) assert.ok(stat.pid > 0 && stat.startTime !== "");
    }),
  );
});

test("isAlive() tells this process from one that had its pid before", () => {
  const self = identityOf(process.pid);
  assert.ok(self);
  assert.equal(isAlive(self), true);
  assert.equal(isAlive({ ...self, startTime: "1" }), false);
});

test("signalProcess() spares a process that only has the pid", async () => {
  const child = spawn("sleep", ["60"]);
  const identity = identityOf(child.pid ?? -1);
  assert.ok(identity);
  assert.equal(signalProcess({ ...identity, startTime: "1" }, "SIGKILL"), false);
  assert.equal(isAlive(identity), true);
  assert.equal(signalProcess(identity, "SIGKILL"), true);
  await once(child, "exit");
  assert.equal(isAlive(identity), false);
});
