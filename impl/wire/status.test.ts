import assert from "node:assert/strict";
import { test } from "node:test";
import { status as grpc } from "@grpc/grpc-js";
import fc from "fast-check";
import { type CniCode, CniError, cniCodes } from "../cni/cni-error.ts";
import { cniErrorOf, codeOf, statusOf, type Verb } from "./status.ts";

const verbs: readonly Verb[] = ["Handshake", "AddPort", "DeletePort", "CheckPort", "ListPorts"];
const address = "198.18.0.2:8000";

test("what the agent says arrives as the same code and text, for each code of the contract", () => {
  for (const [verb, code] of [
    ["AddPort", cniCodes.tryAgainLater],
    ["AddPort", cniCodes.dpuRefused],
    ["AddPort", cniCodes.addressesExhausted],
    ["DeletePort", cniCodes.tryAgainLater],
    ["CheckPort", cniCodes.checkFailed],
  ] as const) {
    const said = new CniError(code, 'Cannot add port "a/b/c": no');
    const heard = cniErrorOf({ verb, address, ...statusOf(said) });
    assert.deepEqual([heard.code, heard.message], [said.code, said.message]);
  }
});

test("every status of every verb becomes 11, 105, 106 or 107, with a text of one line", () => {
  const wire = fc.record({
    verb: fc.constantFrom(...verbs),
    code: fc.integer({ min: 1, max: 20 }),
    details: fc.string({ unit: fc.constantFrom("a", "\n", '"', ":", " ") }),
  });
  const contract: readonly CniCode[] = [11, 105, 106, 107];
  fc.assert(
    fc.property(wire, (failure) => {
      const error = cniErrorOf({ ...failure, address });
      assert.ok(contract.includes(error.code));
      assert.match(error.message, /^Cannot [^\n]+$/);
    }),
  );
});

test("a status that a later try can mend is 11 for every verb", () => {
  for (const code of [grpc.UNAVAILABLE, grpc.DEADLINE_EXCEEDED, grpc.ABORTED, grpc.CANCELLED]) {
    for (const verb of verbs) assert.equal(codeOf({ verb, code }), 11);
  }
});

test("exhaustion and differences mean something for their own verb only", () => {
  assert.equal(codeOf({ verb: "CheckPort", code: grpc.RESOURCE_EXHAUSTED }), 105);
  assert.equal(codeOf({ verb: "AddPort", code: grpc.FAILED_PRECONDITION }), 105);
  for (const code of [grpc.INVALID_ARGUMENT, grpc.PERMISSION_DENIED, grpc.UNIMPLEMENTED]) {
    assert.equal(codeOf({ verb: "AddPort", code }), 105);
  }
});

test("a lost connection reads as such, with the address", () => {
  const details =
    "No connection established. Last error: connect ECONNREFUSED 198.18.0.2:8000 (2026-01-01)";
  const { message } = cniErrorOf({ verb: "AddPort", address, code: grpc.UNAVAILABLE, details });
  assert.equal(message, `Cannot reach the DPU agent "${address}": connection refused`);
});

test("a refusal by gRPC itself names the DPU and the status", () => {
  const details = 'the host\'s certificate is for "node2"';
  const failure = { verb: "AddPort", address, code: grpc.PERMISSION_DENIED, details } as const;
  assert.equal(
    cniErrorOf(failure).message,
    `Cannot add the port on the DPU "${address}": ${details} (PERMISSION_DENIED)`,
  );
});
