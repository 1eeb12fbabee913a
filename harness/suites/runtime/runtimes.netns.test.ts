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

const result = `{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","sandbox":"'$CNI_NETNS'"}],"ips":[{"address":"10.9.9.9/24","interface":0}]}`;
const fails = (message: string) =>
  `echo '{"cniVersion":"1.0.0","code":100,"msg":"${message}"}'; exit 1`;

/** Says that eth0 has an address, makes nothing, and fails DEL with the words it is given. */
const liar = (delMessage: string) => `
ADD) echo '${result}' ;;
DEL) ${delMessage === "" ? "exit 0" : fails(delMessage)} ;;`;

/** Makes eth0 with its address, and keeps no books. */
const add = `
nsenter --net="$CNI_NETNS" ip link add eth0 type veth peer name peer0
nsenter --net="$CNI_NETNS" ip addr add 10.9.9.9/24 dev eth0
echo '${result}'`;
const maker = (more: string) => `
ADD) ${add} ;;
DEL) [ ! -e "$CNI_NETNS" ] || nsenter --net="$CNI_NETNS" ip link del eth0 2>/dev/null; exit 0 ;;
${more}`;

/** Takes lo down when it is up: its netns is all its own, it thinks. */
const jealous = `
ADD)
until nsenter --net="$CNI_NETNS" ip link show lo | grep -q ',UP'; do :; done
nsenter --net="$CNI_NETNS" ip link set lo down
${add} ;;
DEL) nsenter --net="$CNI_NETNS" ip link del eth0; exit 0 ;;`;

/** Knows pods by their names, so that DEL of an old sandbox takes the new one's interface. */
const byName = `
ADD) echo "$CNI_NETNS" >"$0.$pod.netns"; ${add} ;;
DEL) nsenter --net="$(cat "$0.$pod.netns")" ip link del eth0 2>/dev/null; exit 0 ;;`;

/** GC takes the interface of every pod it has ever seen, listed or not. */
const sweeper = `
ADD) echo "$CNI_NETNS" >"$0.netns"; ${add} ;;
GC) [ ! -e "$(cat "$0.netns" 2>/dev/null)" ] || nsenter --net="$(cat "$0.netns")" ip link del eth0; exit 0 ;;`;

const installer = (branches: string, versions: readonly string[]): Installer => ({
  name: "broken",
  async install(on) {
    for (const { paths } of on.nodes) {
      const script = `#!/bin/sh
stdin=$(cat)
pod=$(echo "$CNI_ARGS" | tr ';' '\\n' | sed -n 's/K8S_POD_NAME=//p')
case "$CNI_COMMAND" in${branches}
VERSION) echo '{"cniVersion":"1.1.0","supportedVersions":["0.4.0","1.0.0","1.1.0"]}' ;;
esac
`;
      await writeFile(join(paths.cniBin, "broken"), script);
      await chmod(join(paths.cniBin, "broken"), 0o755);
    }
    return {
      plugin: ({ paths }) => ({
        name: "broken",
        cniPath: [paths.cniBin],
        type: "broken",
        conflist: { name: "net", plugins: [{ type: "broken" }] },
        versions,
      }),
      casualties: () => [],
      async [Symbol.asyncDispose]() {
        for (const { paths } of on.nodes) await rm(join(paths.cniBin, "broken"));
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

interface Row {
  readonly how: string;
  readonly script: string;
  readonly id: string;
  readonly says: RegExp;
  readonly versions?: readonly string[];
}

const lies = (delMessage: string, id: string, says: RegExp): Row => ({
  how: delMessage === "" ? "that lies" : `whose DEL says "${delMessage}"`,
  ...{ script: liar(delMessage), id, says },
});

const newest = ["1.1.0"];
const rows: readonly Row[] = [
  lies("", "containerd/life-cycle", /should show addresses of its eth0/),
  lies("", "crio/parallel-pods", /should be distinct/),
  lies("namespace not found", "containerd/error-text", /counts as success: namespace not found/),
  lies("no luck", "text/lost-cache", /DEL of .* should succeed, it failed with code 100: no luck/),
  lies("no luck", "crio/failed-add", /the only DEL there is should succeed/),
  lies("no luck", "multus/closed-netns", /DEL of .* should succeed/),
  lies("", "text/restart", /the pod should keep 10.9.9.9, it has none/),
  {
    ...{ how: "that takes lo down", script: jealous },
    ...{ id: "containerd/loopback-beside", says: /^lo should be up/ },
  },
  {
    ...{ how: "that knows pods by name", script: byName },
    ...{ id: "crio/new-sandbox", says: /the new sandbox should keep 10.9.9.9, it has none/ },
  },
  {
    ...{ how: "whose GC sweeps", script: sweeper, versions: newest },
    ...{ id: "crio/restart", says: /the pod should keep 10.9.9.9, it has none/ },
  },
  {
    ...{ how: "whose GC fails", script: maker(`GC) ${fails("no luck")} ;;`), versions: newest },
    ...{ id: "multus/restart", says: /^GC should pass: no luck/ },
  },
  {
    ...{ how: "whose STATUS fails", script: maker(`STATUS) ${fails("no luck")} ;;`) },
    ...{ versions: newest, id: "text/restart", says: /^STATUS with no pods should be 0: no luck/ },
  },
];

async function outcomeOf({ script, versions = ["0.4.0", "1.0.0"], id }: Omit<Row, "says">) {
  assert.ok(world);
  const asked = { pods: 1, nodes: 1, plugins: [], installers: [installer(script, versions)] };
  const suite = runtimes.create(asked);
  const signal = AbortSignal.timeout(60_000);
  await using bench = await suite.open({ world, signal, seed: 3, progress: () => {} });
  const check = suite.checks().find((one) => one.id === `broken/${id}`);
  assert.ok(check);
  const limits = { seed: 3, timeoutMs: 20_000, signal, keepOnFailure: false };
  return (await attemptCheck(check, bench, limits)).outcome;
}

for (const row of rows) {
  test(`${row.id} fails on a plugin ${row.how}`, { skip }, async () => {
    const outcome = await outcomeOf(row);
    assert.ok(outcome.kind === "failed", JSON.stringify(outcome));
    assert.match(outcome.message, row.says);
  });
}

for (const id of ["containerd/loopback-beside", "crio/new-sandbox", "crio/restart"]) {
  test(`${id} passes on a plugin that keeps to its own`, { skip }, async () => {
    const outcome = await outcomeOf({ how: "", script: maker(""), versions: newest, id });
    assert.deepEqual(outcome, { kind: "passed" });
  });
}
