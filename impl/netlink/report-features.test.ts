import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import type { Kernel, NamespaceMaker, Netns } from "./kernel.ts";
import { memoryKernel } from "./memory.ts";
import { NetlinkError } from "./netlink-error.ts";
import { reportFeatures } from "./report-features.ts";

/** A kernel whose namespaces know no IPv6. */
function withoutIpv6(): Kernel & NamespaceMaker {
  const kernel = memoryKernel();
  const lame = (netns: Netns): Netns =>
    new Proxy(netns, {
      get(target, property) {
        if (property !== "addressAdd") return bound(target, property);
        return (link: string, spec: { address: string }) =>
          spec.address.includes(":")
            ? Promise.reject(new NetlinkError("EOPNOTSUPP", "ip address add", "not supported"))
            : target.addressAdd(link, spec);
      },
    });
  return new Proxy(kernel, {
    get(target, property) {
      if (property === "netnsScratch") return async () => lame(await target.netnsScratch());
      return bound(target, property);
    },
  });
}

function bound(target: object, property: PropertyKey): unknown {
  const value: unknown = Reflect.get(target, property, target);
  return typeof value === "function" ? value.bind(target) : value;
}

async function reported(kernel: Kernel & NamespaceMaker, used: readonly string[]) {
  const lines: string[] = [];
  await reportFeatures(kernel, used, createLog({ component: "t", write: (l) => lines.push(l) }));
  return lines.map((line) => (JSON.parse(line) as { feature: string }).feature);
}

test("reportFeatures() names what is used and missing", async () => {
  assert.deepEqual(await reported(withoutIpv6(), ["ipv4", "ipv6"]), ["ipv6"]);
});

test("reportFeatures() is silent about what is missing and not used, or not missing", async () => {
  assert.deepEqual(await reported(withoutIpv6(), ["ipv4"]), []);
  assert.deepEqual(await reported(memoryKernel(), ["ipv4", "ipv6", "move"]), []);
});
