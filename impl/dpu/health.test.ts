import assert from "node:assert/strict";
import { test } from "node:test";
import type { DataplaneHealth } from "./dataplane.ts";
import { fakeDataplane } from "./fake-dataplane.ts";
import { HealthWatch } from "./health.ts";

const free = { ipv4: 1, ipv6: 0 };

test("watch() hears a change once, and nothing of a change of free addresses", async () => {
  const dataplane = fakeDataplane();
  const health = new HealthWatch(dataplane);
  await health.refresh();
  const heard: DataplaneHealth[] = [];
  const unwatch = health.watch((now) => heard.push(now));
  dataplane.healthNow = { state: "ready", free };
  await health.refresh();
  assert.deepEqual(heard, []);
  assert.deepEqual(health.current, { state: "ready", free });
  dataplane.healthNow = { state: "down", reason: 'uplink "u" is down', free };
  await health.refresh();
  await health.refresh();
  unwatch();
  dataplane.healthNow = { state: "ready", free };
  await health.refresh();
  assert.deepEqual(heard, [{ state: "down", reason: 'uplink "u" is down', free }]);
});

test("a dataplane whose health fails is not ready, for its reason", async () => {
  const dataplane = fakeDataplane();
  dataplane.health = () => Promise.reject(new Error("netlink is gone"));
  const health = new HealthWatch(dataplane);
  await health.refresh();
  assert.equal(health.current.state, "notReady");
  assert.equal("reason" in health.current ? health.current.reason : "", "netlink is gone");
});

test("a dataplane that does not answer is not ready", async () => {
  const dataplane = fakeDataplane();
  dataplane.health = () => new Promise(() => {});
  const health = new HealthWatch(dataplane);
  // The signal stands for the deadline: both end the wait.
  await health.refresh(AbortSignal.abort());
  assert.equal(health.current.state, "notReady");
  const reason = "reason" in health.current ? health.current.reason : "";
  assert.equal(reason, 'dataplane "fake" does not answer');
});
