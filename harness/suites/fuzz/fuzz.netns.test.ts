/** The whole way over a plugin that is broken on purpose: found, shrunk, saved, replayed, and run first next time. */
import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import { attemptCheck } from "../../core/check-attempt.ts";
import type { Installer } from "../../core/installation.ts";
import { fuzzSuite } from "./fuzz.ts";

const skip = process.env["DNC_SCRATCH_NETNS"]
  ? false
  : "needs namespaces of its own: run it through npm test";

/** Refuses whatever it is asked, but for a network without a name, which it takes. */
const script = `#!/bin/sh
case "$(cat)" in
  *'"name":""'*) exit 0 ;;
esac
echo '{"cniVersion":"1.0.0","code":7,"msg":"no"}'
exit 1
`;

const installer: Installer = {
  name: "gullible",
  async install(world) {
    for (const { paths } of world.nodes) {
      await writeFile(join(paths.cniBin, "gullible"), script);
      await chmod(join(paths.cniBin, "gullible"), 0o755);
    }
    return {
      plugin: ({ paths }) => ({
        name: "gullible",
        cniPath: [paths.cniBin],
        type: "gullible",
        conflist: { name: "net", plugins: [{ type: "gullible" }] },
        versions: ["0.4.0", "1.0.0"],
      }),
      casualties: () => [],
      async [Symbol.asyncDispose]() {
        for (const { paths } of world.nodes) await rm(join(paths.cniBin, "gullible"));
      },
    };
  },
};

let world: World | undefined;
let folder = "";

before(async () => {
  if (skip) return;
  const signal = AbortSignal.timeout(60_000);
  folder = await mkdtemp(join(tmpdir(), "counterexamples-"));
  world = await netnsBackend().up({ nodes: 1, vfs: 1 }, { signal, progress: () => {} });
});

after(async () => {
  await world?.[Symbol.asyncDispose]();
  if (folder !== "") await rm(folder, { recursive: true });
});

/** how the check of bad configurations ended */
async function fuzzed(at: { readonly folder: string; readonly path?: string }): Promise<string> {
  assert.ok(world);
  const repeat = (suite: string, id: string) => `dnc run ${suite} --test ${id} --seed 3`;
  const asked = { pods: 1, nodes: 1, plugins: [], installers: [installer], seed: 3, repeat };
  const suite = fuzzSuite({ ...asked, runs: 120, ...(at.path && { path: at.path }) }, at.folder);
  const signal = AbortSignal.timeout(60_000);
  await using bench = await suite.open({ world, signal, seed: 3, progress: () => {} });
  const check = suite.checks().find(({ id }) => id === "gullible/fuzz-bad-configuration");
  assert.ok(check);
  const limits = { seed: 3, timeoutMs: 50_000, signal, keepOnFailure: false };
  const { outcome } = await attemptCheck(check, bench, limits);
  assert.ok(outcome.kind === "failed", JSON.stringify(outcome));
  return outcome.message;
}

test("a broken plugin yields a shrunk input that is saved, replays, and runs first", {
  skip,
}, async () => {
  const message = await fuzzed({ folder });
  assert.match(message, /where its name is empty should fail, it exited with 0/);
  assert.match(message, /again: dnc run fuzz --test \S+ --seed 3 --path [\d:]+; saved in /);
  const input = /input: (\{.*\}); again/.exec(message)?.[1] ?? "";
  const names = await readdir(join(folder, "gullible"));
  assert.equal(names.length, 1);
  const saved = JSON.parse(await readFile(join(folder, "gullible", names[0] ?? ""), "utf8"));
  assert.deepEqual(saved.input, JSON.parse(input));
  assert.deepEqual(
    [saved.input.containerId, saved.input.cniArgs, saved.input.config],
    ["a", "", { name: "" }],
  );

  await using empty = await emptyFolder();
  const replayed = await fuzzed({ folder: empty.path, path: saved.path });
  assert.match(replayed, new RegExp(input.replace(/[{}[\]/\\.]/g, "\\$&")));

  assert.match(await fuzzed({ folder }), /saved before in .*bad-configuration-[0-9a-f]+\.json$/);
});

async function emptyFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "counterexamples-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
