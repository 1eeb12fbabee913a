import assert from "node:assert/strict";
import { test } from "node:test";
import { isErrno, NetlinkError } from "./netlink-error.ts";

test("a refusal says the command, the state and the errno in one line", () => {
  const error = new NetlinkError("EEXIST", "ip link add v\n\tx", "file already exists");
  assert.equal(error.message, 'Cannot run "ip link add v x": file already exists (EEXIST)');
  const other = new NetlinkError("EPERM", "open a packet socket", "not permitted");
  assert.equal(other.message, "Cannot open a packet socket: not permitted (EPERM)");
});

test("isErrno() knows the kernel's answers, and nothing else", () => {
  const error = new NetlinkError("EEXIST", "ip", "x");
  assert.ok(isErrno(error, "ENODEV", "EEXIST"));
  assert.ok(!isErrno(error, "ENODEV"));
  assert.ok(!isErrno({ errno: "EEXIST" }, "EEXIST"));
});
