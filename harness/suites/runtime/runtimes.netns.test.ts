/** The checks of runtimes fail on plugins that are broken where they look. */
import assert from "node:assert/strict";
import { chmod, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import { attemptCheck } from "../../core/check-attempt.ts";
import type { Installer } from "../../core/installation.ts";
import { runtimes } from "./runtimes.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

/** Says that eth0 has an address, makes nothing, and fails DEL with the words it is given. */
const script = (delMessage: string) => `#!/bin/sh
stdin=$(cat)
case "$CNI_COMMAND" in
ADD) echo '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"'$CNI_NETNS'"}],"ips":[{"address":"10.9.9.9/24","interface":0}]}' ;;
DEL) [ -z "${delMessage}" ] || { echo '{"cniVersion":"1.0.0","code":100,"msg":"${delMessage}"}'; exit 1; } ;;
esac
`;

const installer = (delMessage: string): Installer => ({
  name: "liar",
  async install(on) {
    for (const { paths } of on.nodes) {
      await writeFile(join(paths.cniBin, "liar"), script(delMessage));
      await chmod(join(paths.cniBin, "liar"), 0o755);
    }
    return {
      plugin: ({ paths }) => ({
        name: "liar",
        cniPath: [paths.cniBin],
        type: "liar",
        conflist: { name: "net", plugins: [{ type: "liar" }] },
        versions: ["0.4.0", "1.0.0"],
      }),
      casualties: () => [],
      async [Symbol.asyncDispose]() {
        for (const { paths } of on.nodes) await rm(join(paths.cniBin, "liar"));
      },
    };
  },
});

let world: World | undefined;

before(async () => {
  if (skip) return;
  const signal = AbortSignal.timeout(60_000);
  world = await netnsBackend().up({ nodes: 1, vfs: 1 }, { signal, progress: () => {} });
});

after(() => world?.[Symbol.asyncDispose]());

const rows = [
  ["", "containerd/life-cycle", /should show addresses of its eth0/],
  ["", "crio/parallel-pods", /should be distinct/],
  ["namespace not found", "containerd/error-text", /counts as success: namespace not found/],
  ["no luck", "text/lost-cache", /DEL of .* should succeed, it failed with code 100: no luck/],
  ["no luck", "crio/failed-add", /the only DEL there is should succeed/],
  ["no luck", "multus/closed-netns", /DEL of .* should succeed/],
] as const;

for (const [delMessage, id, says] of rows) {
  const how = delMessage === "" ? "that lies" : `whose DEL says "${delMessage}"`;
  test(`${id} fails on a plugin ${how}`, { skip }, async () => {
    assert.ok(world);
    const asked = { pods: 1, nodes: 1, plugins: [], installers: [installer(delMessage)] };
    const suite = runtimes.create(asked);
    const signal = AbortSignal.timeout(60_000);
    await using bench = await suite.open({ world, signal, seed: 3, progress: () => {} });
    const check = suite.checks().find((one) => one.id === `liar/${id}`);
    assert.ok(check);
    const limits = { seed: 3, timeoutMs: 20_000, signal, keepOnFailure: false };
    const { outcome } = await attemptCheck(check, bench, limits);
    assert.ok(outcome.kind === "failed", JSON.stringify(outcome));
    assert.match(outcome.message, says);
  });
}
