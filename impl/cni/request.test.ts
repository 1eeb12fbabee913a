/** The input rules of every verb, by the specification and by what runtimes really send. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CniError } from "./cni-error.ts";
import { parseRequest } from "./request.ts";
import { type CniRequest, cniVersions } from "./types.ts";

const attachment = { CNI_CONTAINERID: "c1", CNI_NETNS: "/run/netns/p", CNI_IFNAME: "eth0" };
const minimal = { cniVersion: "1.1.0", name: "podnet", type: "offload-cni" };
const prevResult = {
  cniVersion: "1.1.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/p" }],
  ips: [{ address: "10.0.0.2/32", interface: 0 }],
};

function call(
  command: string,
  config: unknown = minimal,
  environment: Record<string, string> = attachment,
): CniRequest {
  const stdin = typeof config === "string" ? config : JSON.stringify(config);
  return parseRequest({ CNI_COMMAND: command, ...environment }, new TextEncoder().encode(stdin));
}

function refusal(work: () => unknown): CniError {
  try {
    work();
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
  assert.fail("expected a CniError, the call was accepted");
}

function refused(code: number, work: () => unknown, ...words: readonly string[]): void {
  const error = refusal(work);
  assert.equal(error.code, code, error.message);
  for (const word of words) assert.ok(error.message.includes(word), `${word} in: ${error.message}`);
}

describe("parseRequest() and the environment", () => {
  it("refuses a command that is none, naming the variable", () => {
    for (const command of ["FROB", "add", "ADD ", ""]) {
      refused(4, () => call(command), "CNI_COMMAND");
    }
    refused(4, () => parseRequest({}, new Uint8Array()), "CNI_COMMAND");
  });

  it("names all missing variables in one message", () => {
    for (const command of ["ADD", "CHECK"]) {
      const names = ["CNI_CONTAINERID", "CNI_NETNS", "CNI_IFNAME"];
      refused(4, () => call(command, minimal, {}), ...names);
      refused(4, () => call(command, minimal, { ...attachment, CNI_NETNS: "" }), "CNI_NETNS");
    }
    refused(4, () => call("DEL", minimal, {}), "CNI_CONTAINERID", "CNI_IFNAME");
    refused(4, () => call("GC", minimal, {}), "CNI_PATH");
  });

  it("looks at the environment before the configuration, and at that before its version", () => {
    refused(4, () => call("ADD", "{", {}));
    refused(6, () => call("ADD", "{"));
    refused(7, () => call("ADD", { cniVersion: "9.9.9" }), "name");
    refused(1, () => call("ADD", { ...minimal, cniVersion: "9.9.9", ipMasq: true }));
  });

  it("accepts a DEL without netns, and no other verb without one", () => {
    const { CNI_NETNS: _, ...without } = attachment;
    for (const environment of [without, { ...attachment, CNI_NETNS: "" }]) {
      const request = call("DEL", minimal, environment);
      assert.equal(request.command, "DEL");
      assert.ok(!("netns" in request));
      refused(4, () => call("ADD", minimal, environment), "CNI_NETNS");
    }
  });

  it("keeps to the grammar of container ids", () => {
    for (const id of ["a", "0", "a.b_c-d", "f".repeat(64), "x".repeat(200)]) {
      assert.equal(call("ADD", minimal, { ...attachment, CNI_CONTAINERID: id }).command, "ADD");
    }
    for (const id of ["-a", ".a", "_a", "a/b", "../x", "a b", "a:b", "a\n", "é"]) {
      for (const command of ["ADD", "DEL", "CHECK"]) {
        refused(
          4,
          () => call(command, minimal, { ...attachment, CNI_CONTAINERID: id }),
          "CNI_CONTAINERID",
        );
      }
    }
  });

  it("refuses interface names the kernel would refuse or rewrite", () => {
    const names = [".", "..", "a/b", "a:b", "a b", "a\tb", "a\n", "x".repeat(16), "eth%d", "à"];
    for (const name of names) {
      refused(4, () => call("ADD", minimal, { ...attachment, CNI_IFNAME: name }), "CNI_IFNAME");
    }
    const longest = call("ADD", minimal, { ...attachment, CNI_IFNAME: "x".repeat(15) });
    assert.equal(longest.command, "ADD");
  });

  it("reads the pod's name from CNI_ARGS in any order", () => {
    const pairs = ["IgnoreUnknown=1", "K8S_POD_NAMESPACE=ns", "K8S_POD_NAME=web", "K8S_POD_UID=u"];
    for (const args of [pairs, pairs.toReversed(), [...pairs, "OTHER=x"]]) {
      const request = call("ADD", minimal, { ...attachment, CNI_ARGS: args.join(";") });
      assert.ok(request.command === "ADD");
      assert.deepEqual(request.pod, { namespace: "ns", name: "web", uid: "u" });
    }
  });

  it("refuses malformed CNI_ARGS on ADD and CHECK, and lets a DEL take what it can read", () => {
    for (const args of ["A", "A=B=C", ";", "A=B;", "=x"]) {
      const environment = { ...attachment, CNI_ARGS: args };
      refused(4, () => call("ADD", minimal, environment), "CNI_ARGS");
      refused(4, () => call("CHECK", { ...minimal, prevResult }, environment), "CNI_ARGS");
      assert.equal(call("DEL", minimal, environment).command, "DEL");
    }
    const damaged = { ...attachment, CNI_ARGS: "x;K8S_POD_NAME=web;" };
    const request = call("DEL", minimal, damaged);
    assert.ok(request.command === "DEL");
    assert.equal(request.pod.name, "web");
  });

  it("asks STATUS and VERSION for nothing, and heeds no attachment variable there or in GC", () => {
    const rubbish = { CNI_CONTAINERID: "../x", CNI_IFNAME: "a/b", CNI_NETNS: "", CNI_ARGS: ";" };
    assert.equal(call("STATUS", minimal, {}).command, "STATUS");
    assert.equal(call("STATUS", minimal, rubbish).command, "STATUS");
    assert.equal(call("VERSION", minimal, rubbish).command, "VERSION");
    const config = { ...minimal, "cni.dev/valid-attachments": [] };
    assert.equal(call("GC", config, { ...rubbish, CNI_PATH: "/opt" }).command, "GC");
  });
});

describe("parseRequest() and the configuration", () => {
  it("calls undecodable stdin code 6", () => {
    for (const stdin of ["", " ", "{", "[]", '"x"', "null", "5", "{}{}", "{} x", "\u0000"]) {
      refused(6, () => call("ADD", stdin));
    }
    const invalidUtf8 = new Uint8Array([0x7b, 0xff, 0x7d]);
    refused(6, () => parseRequest({ CNI_COMMAND: "ADD", ...attachment }, invalidUtf8));
  });

  it("calls a missing or malformed name code 7", () => {
    for (const name of [undefined, null, "", 5, "../x", "a/b", "-x", "a b", {}]) {
      for (const command of ["ADD", "DEL", "STATUS"]) {
        refused(7, () => call(command, { ...minimal, name }), "name");
      }
    }
    assert.equal(call("ADD", { ...minimal, name: "n".repeat(300) }).command, "ADD");
  });

  it("serves its versions by exact match and refuses others with code 1", () => {
    for (const cniVersion of cniVersions) {
      for (const command of ["ADD", "DEL"]) {
        const request = call(command, { ...minimal, cniVersion });
        assert.equal(request.version, cniVersion);
      }
    }
    for (const cniVersion of ["9.9.9", "0.5.0", "1.0", "v1.0.0", "0.1.0", "0.2.0", " 1.0.0"]) {
      for (const command of ["ADD", "DEL", "CHECK", "STATUS"]) {
        refused(1, () => call(command, { ...minimal, cniVersion }), cniVersion);
      }
    }
  });

  it("takes a missing cniVersion for 0.1.0", () => {
    for (const cniVersion of [undefined, null, ""]) {
      refused(1, () => call("ADD", { ...minimal, cniVersion }), "0.1.0");
    }
    refused(7, () => call("ADD", { ...minimal, cniVersion: 1 }), "cniVersion");
  });

  it("refuses verbs that the configuration's version does not have, whatever else is missing", () => {
    refused(1, () => call("CHECK", { ...minimal, cniVersion: "0.3.1" }), "0.4.0");
    refused(1, () => call("STATUS", { ...minimal, cniVersion: "1.0.0" }), "1.1.0");
    const gc = () => call("GC", { ...minimal, cniVersion: "1.0.0" }, { CNI_PATH: "/opt" });
    refused(1, gc, "1.1.0");
  });

  it("accepts unknown and reserved keys with odd content", () => {
    const odd = {
      ...minimal,
      bogus: { x: [1] },
      capabilities: "odd",
      args: { cni: { labels: [] }, x: {} },
      "cni.dev/x": 5,
      dns: {},
      ipam: {},
      ipMasq: false,
      runtimeConfig: { other: 1 },
    };
    assert.equal(call("ADD", odd).command, "ADD");
    assert.equal(
      call("ADD", `{"__proto__":{"name":"x"},"toString":1,${JSON.stringify(minimal).slice(1)}`)
        .command,
      "ADD",
    );
    refused(7, () => call("ADD", '{"cniVersion":"1.1.0","__proto__":{"name":"podnet"}}'), "name");
  });

  it("hands the configuration on as it came", () => {
    const text = `  ${JSON.stringify({ x: "ü\u2028", ...minimal }, undefined, 4)}\n`;
    const request = call("ADD", text);
    assert.ok(request.command === "ADD");
    assert.equal(request.rawConfig, text);
  });

  it("refuses what it cannot honour with code 2, naming key and value", () => {
    for (const command of ["ADD", "CHECK", "STATUS"]) {
      const config = { ...minimal, prevResult };
      refused(
        2,
        () => call(command, { ...config, ipam: { type: "host-local" } }),
        "ipam.type",
        "host-local",
      );
      refused(2, () => call(command, { ...config, ipMasq: true }), "ipMasq", "true");
    }
  });

  it("refuses malformed standard keys with code 7", () => {
    refused(7, () => call("ADD", { ...minimal, ipam: { type: "../../bin/sh" } }), "ipam.type");
    refused(7, () => call("ADD", { ...minimal, type: "a/b" }), "type");
    refused(7, () => call("ADD", { ...minimal, ipam: "x" }), "ipam");
    refused(7, () => call("ADD", { ...minimal, ipMasq: "yes" }), "ipMasq");
    refused(7, () => call("ADD", { ...minimal, dns: { nameservers: ["x"] } }), "dns");
    for (const deviceID of [5, "", null, ["0000:03:00.1"]]) {
      refused(7, () => call("ADD", { ...minimal, runtimeConfig: { deviceID } }), "deviceID");
      refused(7, () => call("ADD", { ...minimal, deviceID }), "deviceID");
    }
    refused(7, () => call("ADD", { ...minimal, runtimeConfig: [] }), "runtimeConfig");
  });

  it("prefers the runtime's device to the configuration's", () => {
    const config = { ...minimal, deviceID: "b", runtimeConfig: { deviceID: "a" } };
    const request = call("ADD", config);
    assert.ok(request.command === "ADD");
    assert.equal(request.deviceId, "a");
    const other = call("ADD", { ...minimal, deviceID: "b" });
    assert.ok(other.command === "ADD");
    assert.equal(other.deviceId, "b");
  });

  it("hands the configured dns on", () => {
    const request = call("ADD", { ...minimal, dns: { nameservers: ["10.0.0.1"], domain: "" } });
    assert.ok(request.command === "ADD");
    assert.deepEqual(request.dns, { nameservers: ["10.0.0.1"] });
  });
});

describe("parseRequest() and prevResult", () => {
  it("asks CHECK for one", () => {
    for (const none of [undefined, null]) {
      refused(7, () => call("CHECK", { ...minimal, prevResult: none }), "prevResult");
    }
    const request = call("CHECK", { ...minimal, prevResult });
    assert.ok(request.command === "CHECK");
    assert.deepEqual(request.prevResult.ips, prevResult.ips);
  });

  it("refuses a malformed one on ADD and CHECK", () => {
    const malformed = [
      5,
      { ...prevResult, ips: [{ address: "10.0.0.2" }] },
      { ...prevResult, ips: [{ address: "10.0.0.2/33" }] },
      { ...prevResult, ips: [{ address: "10.0.0.2/32", interface: 1 }] },
      { ...prevResult, ips: [{ address: "10.0.0.2/32", interface: -1 }] },
      { ...prevResult, interfaces: [{}] },
      { ...prevResult, routes: [{ dst: "default" }] },
      { ...prevResult, cniVersion: "9.9.9" },
    ];
    for (const bad of malformed) {
      refused(7, () => call("ADD", { ...minimal, prevResult: bad }), "prevResult");
      refused(7, () => call("CHECK", { ...minimal, prevResult: bad }), "prevResult");
    }
  });
});

describe("parseRequest() and DEL", () => {
  it("works from the poorest configuration", () => {
    const request = call("DEL", minimal, { CNI_CONTAINERID: "c1", CNI_IFNAME: "eth0" });
    assert.deepEqual(request, {
      command: "DEL",
      version: "1.1.0",
      key: { network: "podnet", containerId: "c1", ifname: "eth0" },
      pod: { namespace: "", name: "", uid: "" },
      rawConfig: JSON.stringify(minimal),
    });
  });

  it("counts damaged parts as absent and runs no check that is ADD's", () => {
    const damaged = {
      ...minimal,
      type: 5,
      prevResult: { ips: [{ address: "rubbish" }] },
      runtimeConfig: { deviceID: 7 },
      ipam: { type: "../x" },
      ipMasq: true,
      dns: 5,
    };
    const request = call("DEL", damaged);
    assert.ok(request.command === "DEL");
    assert.ok(!("prevResult" in request) && !("deviceId" in request));
    for (const prev of [null, {}, 5, { cniVersion: "9.9.9" }]) {
      assert.equal(call("DEL", { ...minimal, prevResult: prev }).command, "DEL");
    }
  });
});

describe("parseRequest() and GC", () => {
  const entry = (containerID: string) => ({ containerID, ifname: "eth0" });
  const gc = (keys: object) => {
    const request = call("GC", { ...minimal, ...keys }, { CNI_PATH: "/opt/cni/bin" });
    assert.ok(request.command === "GC");
    return request.valid.map((valid) => valid.containerId);
  };

  it("takes either key, and the union of both", () => {
    assert.deepEqual(gc({ "cni.dev/valid-attachments": [entry("a")] }), ["a"]);
    assert.deepEqual(gc({ "cni.dev/attachments": [entry("b")] }), ["b"]);
    const both = {
      "cni.dev/valid-attachments": [entry("a")],
      "cni.dev/attachments": [entry("b")],
    };
    assert.deepEqual(gc(both).toSorted(), ["a", "b"]);
  });

  it("takes null for an empty list, and a missing key for no list at all", () => {
    assert.deepEqual(gc({ "cni.dev/valid-attachments": null }), []);
    assert.deepEqual(gc({ "cni.dev/attachments": [] }), []);
    refused(7, () => gc({}), "cni.dev/valid-attachments");
  });

  it("refuses a list it cannot read whole: nothing may be removed on a guess", () => {
    for (const list of [5, {}, "x", [5], [{}], [{ containerID: "a" }], [null]]) {
      refused(7, () => gc({ "cni.dev/valid-attachments": list }));
    }
  });
});

describe("parseRequest() and VERSION", () => {
  it("echoes the version on stdin, whatever else is there", () => {
    const version = (stdin: string) => {
      const request = call("VERSION", stdin, {});
      assert.ok(request.command === "VERSION");
      return request.version;
    };
    assert.equal(version('{"cniVersion":"0.3.1"}'), "0.3.1");
    assert.equal(version('{"cniVersion":"99.0.0","x":1}'), "99.0.0");
    for (const unusable of [
      "",
      "rubbish",
      "{}",
      "[]",
      "null",
      '{"cniVersion":5}',
      '{"cniVersion":"x"}',
    ]) {
      assert.equal(version(unusable), "1.1.0", unusable);
    }
  });
});
