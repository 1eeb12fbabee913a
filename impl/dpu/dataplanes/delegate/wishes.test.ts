/** What of the host's configuration reaches the plugins on the DPU. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cniArgsOf, wishesOf } from "./wishes.ts";

const port = { key: "net/c1/eth0", representor: "rep0v0", mac: "02:00:00:00:00:0a" };
const wished = (runtimeConfig: unknown) =>
  wishesOf({ ...port, networkConfig: JSON.stringify({ runtimeConfig }) });

test("values go by capability, with the VF's MAC, and without what is the host's own", () => {
  const values = { portMappings: [{ hostPort: 80 }], deviceID: "0000:03:00.1", cgroupPath: "/x" };
  assert.deepEqual(wished(values), {
    values: { portMappings: [{ hostPort: 80 }], mac: "02:00:00:00:00:0a" },
  });
});

test("a MAC that the runtime asks for is insisted on", () => {
  const mac = "02:00:00:00:00:FE";
  assert.deepEqual(wished({ mac }), { values: { mac }, mac: "02:00:00:00:00:fe" });
});

test("a VF without a MAC asks for none, and a damaged configuration for nothing", () => {
  assert.deepEqual(wishesOf({ ...port, mac: "", networkConfig: "{" }), { values: {} });
});

test("CNI_ARGS name the pod; what would break their syntax is left out", () => {
  const pod = { namespace: "default", name: "web", uid: "a;b=c" };
  assert.equal(
    cniArgsOf(pod, "c1"),
    "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=web;K8S_POD_INFRA_CONTAINER_ID=c1",
  );
  assert.equal(cniArgsOf(undefined, "c1"), "IgnoreUnknown=1");
});
