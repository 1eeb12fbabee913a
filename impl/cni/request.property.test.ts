/** Any environment and any bytes give a request or a CniError, never another exception. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { CniError, cniCodes } from "./cni-error.ts";
import { parseRequest } from "./request.ts";
import { cniCommands, cniVersions } from "./types.ts";

const prevResult = {
  interfaces: [{ name: "eth0" }],
  ips: [{ address: "10.0.0.2/32", interface: 0 }],
};

describe("parseRequest() over any input", () => {
  const known = new Set<number>(Object.values(cniCodes));
  const loose = (exact: readonly string[]) =>
    fc.oneof(fc.constantFrom(...exact), fc.string({ maxLength: 20 }));
  const environment = fc.record(
    {
      CNI_COMMAND: loose(cniCommands),
      CNI_CONTAINERID: loose(["c1"]),
      CNI_NETNS: loose(["/run/netns/p"]),
      CNI_IFNAME: loose(["eth0"]),
      CNI_ARGS: loose(["IgnoreUnknown=1;K8S_POD_NAME=x"]),
      CNI_PATH: loose(["/opt/cni/bin"]),
    },
    { requiredKeys: ["CNI_COMMAND"] },
  );
  const part = fc.oneof(fc.jsonValue(), fc.constant(prevResult));
  const config = fc
    .record(
      {
        cniVersion: fc.oneof(fc.constantFrom(...cniVersions), fc.jsonValue()),
        name: fc.oneof(fc.constant("podnet"), fc.jsonValue()),
        type: part,
        prevResult: part,
        ipam: part,
        ipMasq: part,
        dns: part,
        deviceID: part,
        runtimeConfig: fc.oneof(part, fc.record({ deviceID: part })),
        "cni.dev/attachments": fc.oneof(part, fc.array(part)),
        "cni.dev/valid-attachments": part,
      },
      { requiredKeys: ["cniVersion", "name"] },
    )
    .map((value) => new TextEncoder().encode(JSON.stringify(value)));
  const stdin = fc.oneof(
    { arbitrary: config, weight: 4 },
    fc.json().map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 200 }),
  );

  it("gives a request or a CniError of a listed code with one line of text, and nothing else", () => {
    let accepted = 0;
    const property = fc.property(environment, stdin, (variables, bytes) => {
      try {
        parseRequest(variables, bytes);
        accepted += 1;
      } catch (error) {
        assert.ok(error instanceof CniError, String(error));
        assert.ok(known.has(error.code) && error.code < 8);
        assert.notEqual(error.message, "");
      }
    });
    fc.assert(property, { numRuns: 2000 });
    assert.ok(accepted > 20, `only ${accepted} of the generated calls were good`);
  });
});
