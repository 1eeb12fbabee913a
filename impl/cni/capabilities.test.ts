/** Capabilities a runtime fills in: honoured, refused, or harmless. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CniError } from "./cni-error.ts";
import { parseRequest } from "./request.ts";

const environment = {
  ...{ CNI_COMMAND: "ADD", CNI_CONTAINERID: "c1", CNI_NETNS: "/run/netns/p", CNI_IFNAME: "eth0" },
};

type Said = "declared" | "undeclared" | "stripped";

/** "stripped": the runtime took the capabilities out, as the specification says. */
function add(name: string, value: unknown, said: Said = "declared") {
  const config = {
    ...{ cniVersion: "1.1.0", name: "podnet", type: "offload-cni" },
    ...(said === "stripped" ? {} : { capabilities: { [name]: said === "declared" } }),
    runtimeConfig: { [name]: value },
  };
  const request = parseRequest(environment, new TextEncoder().encode(JSON.stringify(config)));
  assert.ok(request.command === "ADD");
  return request;
}

const asked: readonly (readonly [name: string, value: unknown, malformed: unknown])[] = [
  ["ips", ["10.0.0.9/24"], "10.0.0.9"],
  ["ipRanges", [[{ subnet: "10.0.0.0/8" }]], {}],
  ["portMappings", [{ hostPort: 80, containerPort: 80, protocol: "tcp" }], { hostPort: 80 }],
  ["aliases", ["web"], "web"],
  ["bandwidth", { ingressRate: 8000, ingressBurst: 8000 }, 8000],
  ["cgroupPath", "/kubepods/x", 1],
  ["infinibandGUID", "c2:11:22:33:44:55:66:77", []],
];

for (const [name, value, malformed] of asked) {
  test(`ADD refuses ${name} with code 2 when it is declared, and ignores it when not`, () => {
    const { message } = asRefused(2, () => add(name, value));
    assert.ok(message.includes(`runtimeConfig.${name} ${JSON.stringify(value).slice(0, 20)}`));
    asRefused(7, () => add(name, malformed));
    for (const said of ["undeclared", "stripped"] as const) {
      for (const unasked of [value, malformed]) add(name, unasked, said);
    }
  });
}

test("ADD leaves to the DPU what it serves, and to no other", () => {
  const config = {
    ...{ cniVersion: "1.1.0", name: "podnet", type: "offload-cni" },
    capabilities: { portMappings: true, aliases: true },
    runtimeConfig: { portMappings: [{ hostPort: 80, containerPort: 80 }], aliases: [] as string[] },
  };
  const ask = (aliases: string[], served: readonly string[]) => {
    const asked = { ...config, runtimeConfig: { ...config.runtimeConfig, aliases } };
    return parseRequest(environment, new TextEncoder().encode(JSON.stringify(asked)), served);
  };
  assert.equal(ask([], ["portMappings"]).command, "ADD");
  asRefused(2, () => ask(["web"], ["portMappings"]));
  asRefused(2, () => ask([], []));
});

for (const [name, good, ...bad] of [
  ["ips", ["10.0.0.9/24", "fd00::9"], "10.0.0.1", ["10.0.0.256/24"], ["10.0.0.9/33"], [5]],
  ["portMappings", [{ HostPort: 80, ContainerPort: 8080 }], "80", [{ containerPort: -1 }], [5]],
  ["bandwidth", { IngressRate: 8000 }, "fast", { ingressRate: -1 }],
] as const) {
  test(`ADD refuses malformed ${name} with code 7 although the DPU serves it`, () => {
    for (const stripped of [true, false]) {
      const ask = (value: unknown) => {
        const config = {
          ...{ cniVersion: "1.1.0", name: "podnet", type: "offload-cni" },
          ...(stripped ? {} : { capabilities: { [name]: true } }),
          runtimeConfig: { [name]: value },
        };
        const stdin = new TextEncoder().encode(JSON.stringify(config));
        return parseRequest(environment, stdin, [name]);
      };
      assert.equal(ask(good).command, "ADD");
      for (const value of bad) asRefused(7, () => ask(value));
    }
  });
}

test("ADD takes values that ask for nothing", () => {
  for (const [name, value] of [
    ["ips", []],
    ["portMappings", null],
    ["cgroupPath", ""],
    ["bandwidth", { ingressRate: 0, ingressBurst: 4_294_967_295, egressRate: 0 }],
    ["mac", ""],
    ["dns", {}],
  ] as const) {
    const { mac, dns } = add(name, value);
    assert.deepEqual([mac, dns], [undefined, undefined]);
  }
});

test("ADD takes the runtime's MAC in lower case, and no MAC that an interface cannot have", () => {
  assert.equal(add("mac", "02:AB:00:00:00:0F").mac, "02:ab:00:00:00:0f");
  assert.equal(add("mac", "02:AB:00:00:00:0F", "undeclared").mac, undefined);
  assert.equal(add("mac", "02:ab:00:00:00:0f", "stripped").mac, "02:ab:00:00:00:0f");
  for (const mac of ["01:00:5e:00:00:01", "00:00:00:00:00:00", "02:00", "x", 5, [], {}]) {
    asRefused(7, () => add("mac", mac));
    assert.equal(add("mac", mac, "undeclared").mac, undefined);
  }
});

test("ADD takes the runtime's DNS under the names of a result", () => {
  const dns = { servers: ["10.0.0.53"], searches: ["a.example"], options: ["ndots:5"] };
  assert.deepEqual(add("dns", dns).dns, {
    nameservers: ["10.0.0.53"],
    search: ["a.example"],
    options: ["ndots:5"],
  });
  assert.deepEqual(add("dns", dns, "stripped").dns, add("dns", dns).dns);
  assert.equal(add("dns", dns, "undeclared").dns, undefined);
  asRefused(7, () => add("dns", { servers: "10.0.0.53" }));
  asRefused(7, () => add("dns", 5, "stripped"));
  asRefused(7, () => add("dns", []));
});

test("ADD reads values as containerd writes them, with capitals and null for an empty list", () => {
  const dns = { Servers: ["10.0.0.53"], Searches: ["a.example"], Options: null };
  const read = { nameservers: ["10.0.0.53"], search: ["a.example"], options: [] };
  assert.deepEqual(add("dns", dns).dns, read);
  const bandwidth = { IngressRate: 1000, IngressBurst: 4_294_967_295, EgressRate: 0 };
  asRefused(2, () => add("bandwidth", bandwidth));
  assert.equal(add("bandwidth", { ...bandwidth, IngressRate: 0 }).mac, undefined);
});

function asRefused(code: number, work: () => unknown): CniError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof CniError);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail("it was accepted");
}
