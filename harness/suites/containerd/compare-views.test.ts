import assert from "node:assert/strict";
import { test } from "node:test";
import { compareViews } from "./compare-views.ts";
import { type PodView, plainCall } from "./pod-view.ts";

const environment = {
  CNI_COMMAND: "ADD",
  CNI_ARGS: "K8S_POD_UID=u1;IgnoreUnknown=1",
  CNI_CONTAINERID: "c1",
  HOME: "/root",
};
const call = plainCall({ environment, stdin: { name: "n", dns: {} } }, { ID: "c1", UID: "u1" });
const view: PodView = {
  ...{ run: "done", ips: ["10.9.0.2"], why: "", stop: "done" },
  verbs: ["ADD", "DEL"],
  calls: { ADD: call },
};

test("plainCall() keeps what a plugin sees and replaces what differs from pod to pod", () => {
  assert.deepEqual(call.environment, {
    CNI_ARGS: "IgnoreUnknown=1;K8S_POD_UID=UID",
    CNI_COMMAND: "ADD",
    CNI_CONTAINERID: "ID",
  });
  assert.deepEqual(call.stdin, { name: "n" });
});

test("compareViews() finds nothing between equal views, whatever the reason's words", () => {
  assert.deepEqual(compareViews(view, { ...view, why: "in other words" }), []);
});

const differing: Readonly<Record<string, Partial<PodView>>> = {
  "the end of RunPodSandbox": { run: "refused" },
  "the pod's addresses": { ips: ["10.9.0.3"] },
  "the end of StopPodSandbox": { stop: "refused" },
  "the verbs the plugin saw": { verbs: ["ADD"] },
  "the configuration of ADD": { calls: { ADD: { ...call, stdin: { name: "m" } } } },
  "the environment of ADD": { calls: {} },
};

for (const [what, change] of Object.entries(differing)) {
  test(`compareViews() names a difference in ${what}`, () => {
    const [first] = compareViews(view, { ...view, ...change });
    assert.ok(first?.startsWith(`${what}: the double says `), first);
  });
}
