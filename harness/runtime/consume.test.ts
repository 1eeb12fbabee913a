/** What runtimes show of a pod for each kind of result, right and wrong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { consumeByGoCni, consumeByText, consumeEveryAddress } from "./consume.ts";

const pod = { name: "eth0", mac: "02:00:00:00:00:01", sandbox: "/run/netns/a" };
const host = { name: "veth1", mac: "02:00:00:00:00:02" };
const on = (index: number | undefined, address = "10.0.0.1/24") => ({
  address,
  ...(index === undefined ? {} : { interface: index }),
});
const result = (parts: object) => ({ cniVersion: "1.1.0", interfaces: [host, pod], ...parts });

const rows = [
  { does: "points an address at the container's interface", ips: [on(1)], goCni: "10.0.0.1" },
  { does: "gives an address no index", ips: [on(undefined)], goCni: "10.0.0.1" },
  {
    does: "gives both families, IPv6 first",
    ips: [on(1, "fd00::2/64"), on(1)],
    goCni: "10.0.0.1,fd00::2",
  },
  { does: "gives two of one family", ips: [on(1), on(1, "10.0.0.9/24")], goCni: "10.0.0.1" },
  { does: "points at the host's interface", ips: [on(0)], goCni: /failed to find network info/ },
  { does: "has no address", ips: [], goCni: /failed to find network info/ },
  { does: "points one past the end", ips: [on(2)], goCni: "panic" },
  { does: "points before the start", ips: [on(-1)], goCni: "panic" },
  { does: "points far past the end", ips: [on(3)], goCni: /invalid interface config/ },
  { does: "prints a word for an address", ips: [on(1, "x")], goCni: /invalid result/ },
] as const;

for (const { does, ips, goCni } of rows) {
  test(`a plugin that ${does} is seen by go-cni as it is`, () => {
    const consumed = consumeByGoCni(result({ ips }), "1.1.0");
    if (goCni === "panic") assert.equal(consumed.kind, "panic");
    else if (typeof goCni === "string") {
      assert.ok(consumed.kind === "pod");
      assert.equal(consumed.ips.join(","), goCni);
    } else {
      assert.ok(consumed.kind === "refused");
      assert.match(consumed.msg, goCni);
    }
  });
}

test("a host interface named eth0 hides the container's in go-cni's map", () => {
  const interfaces = [pod, { name: "eth0", mac: "02:00:00:00:00:03" }];
  const consumed = consumeByGoCni({ interfaces, ips: [on(0)] }, "1.1.0");
  assert.ok(consumed.kind === "pod");
  assert.equal(consumed.interfaces["eth0"]?.sandbox, "");
});

test("a result of 0.2.0 is read by its ip4 and ip6", () => {
  const consumed = consumeByGoCni({ ip4: { ip: "10.0.0.1/24" } }, "0.2.0");
  assert.deepEqual(consumed.kind === "pod" && consumed.ips, ["10.0.0.1"]);
});

test("CRI-O shows an address of the host's interface, and runs pods without any", () => {
  const shown = consumeEveryAddress(result({ ips: [on(0)] }), "1.1.0");
  assert.deepEqual(shown.kind === "pod" && shown.ips, ["10.0.0.1"]);
  const none = consumeEveryAddress({}, "1.1.0");
  assert.deepEqual(none.kind === "pod" && none.ips, []);
});

test("by the text only addresses of the container count", () => {
  const ips = [on(0), on(1, "10.0.0.2/24")];
  const consumed = consumeByText(result({ ips }), "1.1.0");
  assert.deepEqual(consumed.kind === "pod" && consumed.ips, ["10.0.0.2"]);
});
