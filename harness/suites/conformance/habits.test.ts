import assert from "node:assert/strict";
import { test } from "node:test";
import type { Invoked } from "../../runtime/invoke.ts";
import { habitsOf, lookingPast } from "./habits.ts";

const error = JSON.stringify({ cniVersion: "1.0.0", code: 4, msg: "Cannot do it" });
const result = JSON.stringify({ cniVersion: "1.0.0", ips: [] });
const usual = call({ exitCode: 1, stdout: error });
const version = call({ exitCode: 0, stdout: '{"cniVersion":"1.0.0"}' });

function call(end: Partial<Invoked["evidence"]>): Invoked {
  const nothing = { kind: "command", argv: ["x"], environment: {}, stdin: "" } as const;
  return {
    timedOut: false,
    evidence: { ...nothing, stdout: "", stderr: "", durationMs: 1, ...end },
  };
}

test("a plugin that fails as it should has no habits, and its calls are read as they are", () => {
  const habits = habitsOf(usual, version);
  for (const ended of [
    call({ exitCode: 0, stdout: error }),
    call({ signal: "SIGABRT", stdout: error }),
    call({ exitCode: 1, stderr: error }),
    call({ exitCode: 0, stdout: `all is well\n${result}` }),
  ]) {
    assert.deepEqual(lookingPast(habits, ended), ended);
  }
});

test("a plugin that always fails with exit status 0 is read as if it failed", () => {
  const habits = habitsOf(call({ exitCode: 0, stdout: error }), version);
  const past = lookingPast(habits, call({ exitCode: 0, stdout: error }));
  assert.equal(past.evidence.exitCode, 1);
  assert.equal(lookingPast(habits, call({ exitCode: 0, stdout: result })).evidence.exitCode, 0);
});

test("a plugin that dies of its failures is read as if it had exited, by that signal only", () => {
  const habits = habitsOf(call({ signal: "SIGABRT", stdout: error }), version);
  const past = lookingPast(habits, call({ signal: "SIGABRT", stdout: error }));
  assert.equal(past.evidence.exitCode, 1);
  assert.equal(past.evidence.signal, undefined);
  assert.equal(lookingPast(habits, call({ signal: "SIGSEGV" })).evidence.signal, "SIGSEGV");
});

test("errors that always go to stderr are read there, and logs are not", () => {
  const habits = habitsOf(call({ exitCode: 1, stderr: error }), version);
  assert.equal(lookingPast(habits, call({ exitCode: 1, stderr: error })).evidence.stdout, error);
  assert.equal(lookingPast(habits, call({ exitCode: 1, stderr: "no" })).evidence.stdout, "");
});

test("lines before every result are looked past", () => {
  const noisy = (text: string) => call({ exitCode: 0, stdout: `all is well\n${text}` });
  const habits = habitsOf(usual, noisy(version.evidence.stdout));
  assert.equal(lookingPast(habits, noisy(result)).evidence.stdout, result);
});

test("a call that hung tells nothing", () => {
  const habits = habitsOf(call({ exitCode: 0, stdout: error }), version);
  const hung = { ...call({ signal: "SIGKILL" }), timedOut: true };
  assert.deepEqual(lookingPast(habits, hung), hung);
});
