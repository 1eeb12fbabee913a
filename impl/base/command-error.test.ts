import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandError } from "./command-error.ts";

test("a command error says the command, the exit code and the last line of stderr", () => {
  const error = new CommandError({ argv: ["ip", "x"], exitCode: 2, stderr: "usage\nbad word\n" });
  assert.equal(error.message, 'Cannot run "ip x": exit code 2: bad word');
});

test("a command error without an exit code says that the command did not finish", () => {
  const cause = new Error("killed");
  const error = new CommandError({ argv: ["ip"], cause });
  assert.equal(error.message, 'Cannot run "ip": it did not finish');
  assert.equal(error.cause, cause);
});
