/** Whatever was thrown reaches the runtime as one error object with the right code. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NetlinkError } from "../netlink/netlink-error.ts";
import { StoreError } from "../store/store.ts";
import { CniError } from "./cni-error.ts";
import { printError } from "./error-print.ts";
import { toCniError } from "./to-cni-error.ts";

describe("printError()", () => {
  it("prints version, code, msg and details as one object", () => {
    const error = new CniError(7, "Cannot x", { details: "do y" });
    const expected = { cniVersion: "0.4.0", code: 7, msg: "Cannot x", details: "do y" };
    assert.deepEqual(JSON.parse(printError(error, "0.4.0")), expected);
    const newest = { cniVersion: "1.1.0", code: 7, msg: "Cannot x" };
    assert.deepEqual(JSON.parse(printError(new CniError(7, "Cannot x"))), newest);
  });

  it("keeps msg to one non-empty line", () => {
    const { msg } = JSON.parse(printError(new CniError(7, " a\r\n\tb\u2028c\0 ")));
    assert.equal(msg, "a b c");
    assert.notEqual(JSON.parse(printError(new CniError(7, "\n"))).msg, "");
  });

  it("holds no words that make a runtime take a failed DEL for a finished one", () => {
    const error = new CniError(104, "Link Not Found", { details: "No such file or directory" });
    assert.doesNotMatch(printError(error), /not found|no such file or directory/i);
  });
});

describe("toCniError()", () => {
  const codeOf = (thrown: unknown) => toCniError(thrown).code;

  it("passes a CniError on as it is", () => {
    const error = new CniError(101, "x");
    assert.equal(toCniError(error), error);
  });

  it("gives each kind of failure its code", () => {
    assert.equal(codeOf(new NetlinkError("EBUSY", "ip link set dev x", "busy")), 104);
    assert.equal(codeOf(new StoreError("EIO", "Cannot write")), 5);
    assert.equal(codeOf(new DOMException("x", "AbortError")), 11);
    assert.equal(codeOf(AbortSignal.abort().reason), 11);
    assert.equal(codeOf(new DOMException("x", "TimeoutError")), 11);
    for (const unknown of [new TypeError("x"), "text", undefined, null, 5, {}]) {
      assert.equal(codeOf(unknown), 199);
    }
  });

  it("says what to do when the disk is full", () => {
    assert.match(toCniError(new StoreError("ENOSPC", "x")).details ?? "", /full: free space/);
  });

  it("never lets a stack into the text", () => {
    const error = toCniError(new TypeError("x is undefined"));
    assert.doesNotMatch(printError(error), /\.ts:\d/);
  });
});
