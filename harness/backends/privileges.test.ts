/** Which capabilities are enough, and how a forbidden user namespace is explained. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { explainObstacle, hasPrivileges } from "./privileges.ts";

test("hasPrivileges() asks for CAP_NET_ADMIN and CAP_SYS_ADMIN both", () => {
  assert.equal(hasPrivileges("CapPrm:\t0\nCapEff:\t0000000000201000\n"), true);
  assert.equal(hasPrivileges("CapEff:\t0000000000001000\n"), false);
  assert.equal(hasPrivileges("CapEff:\t0000000000200000\n"), false);
  assert.equal(hasPrivileges("CapPrm:\t0000000000201000\n"), false);
});

test("explainObstacle() names the switch that forbids user namespaces and how to turn it", () => {
  const cases = [
    { name: "kernel.unprivileged_userns_clone", value: "0", allow: "1" },
    { name: "user.max_user_namespaces", value: "0", allow: "15000" },
    { name: "kernel.apparmor_restrict_unprivileged_userns", value: "1", allow: "0" },
  ];
  for (const { name, value, allow } of cases) {
    const { state, remedy } = explainObstacle((key) => (key === name ? value : undefined), "");
    assert.match(state, new RegExp(`forbidden: ${name} is ${value}$`));
    assert.equal(remedy, `run as root, or sysctl -w ${name}=${allow}`);
  }
});

test("explainObstacle() passes on what the trial said when no switch explains it", () => {
  const { state, remedy } = explainObstacle(() => undefined, "unshare: failed: EPERM\nmore");
  assert.equal(state, "no user namespace can be made: unshare: failed: EPERM");
  assert.equal(remedy, "run as root");
});
