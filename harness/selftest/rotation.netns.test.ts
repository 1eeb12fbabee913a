/** The installed offload while an operator replaces every certificate: no call fails, and a restart needs only the new ones. */
import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { netnsBackend } from "../backends/netns.ts";
import { offloadInstaller } from "../install/offload.ts";
import { offloadFiles } from "../install/offload-config.ts";
import { networkOf } from "../runtime/network.ts";
import { createRuntime } from "../runtime/runtime.ts";

const product = (path: string) => fileURLToPath(new URL(`../../impl/${path}`, import.meta.url));
const isBuilt = await access(product("shim/offload-cni")).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

test("certificates and their authority are replaced under ADD, CHECK and DEL", {
  skip,
}, async () => {
  const context = { signal: AbortSignal.timeout(180_000), progress: () => {} };
  await using world = await netnsBackend().up({ nodes: 1, vfs: 2 }, context);
  await using installation = await offloadInstaller.install(world, context);
  const [node] = world.nodes;
  assert.ok(node);
  const { certificates } = offloadFiles(node);
  const logOf = (name: string) => readFile(join(node.paths.logs, `${name}.log`), "utf8");
  const until = async (what: string, holds: () => Promise<boolean>) => {
    const end = Date.now() + 30_000;
    while (!(await holds())) {
      assert.ok(Date.now() < end, `never happened: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  let isOver = false;
  let lives = 0;
  const runtime = createRuntime({ place: node.host, directory: join(node.paths.run, "rotation") });
  const network = networkOf(installation.plugin(node));
  const load = (async () => {
    while (!isOver) {
      const pod = await node.createPod(`p${lives}`);
      const attachment = { containerId: pod.containerId, ifname: "eth0", netns: pod.netns };
      for (const verb of ["add", "check", "del"] as const) {
        const said = await runtime[verb](network, attachment);
        assert.ok(said.ok, `${verb} ${JSON.stringify(said)}`);
      }
      await pod[Symbol.asyncDispose]();
      lives += 1;
    }
  })();

  const make = async (...more: string[]) => {
    const out = join(node.paths.run, `made${more.length}`);
    const argv = ["certificates", "--node", node.name, "--out", out, ...more];
    const made = await node.dpu.exec([
      process.execPath,
      product("dpu/cni-offload-agent.mjs"),
      ...argv,
    ]);
    assert.equal(made.exitCode, 0, made.stderr);
    return (name: string) => readFile(join(out, name), "utf8");
  };
  /** As a careful operator: file after file, while both daemons look on. */
  const replace = async (files: Readonly<Record<string, string>>) => {
    const replacements = async (name: string) =>
      (await logOf(name)).split("certificates were replaced").length;
    const names = ["cni-offload-agent", "cni-offload-host"];
    const before = await Promise.all(names.map(replacements));
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(certificates, name), text);
    }
    const livesBefore = lives;
    for (const [index, name] of names.entries()) {
      await until(`the new certificates in ${name}`, async () => {
        return (await replacements(name)) > (before[index] ?? 0);
      });
    }
    await until("calls after it", async () => lives > livesBefore + 1);
  };
  const leaves = async (made: (name: string) => Promise<string>) => {
    const names = ["agent.crt", "agent.key", "host.crt", "host.key"];
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await made(name)])),
    );
  };

  const oldCa = await readFile(join(certificates, "ca.crt"), "utf8");
  await replace(await leaves(await make("--ca", certificates)));
  const young = await make();
  await replace({ "ca.crt": `${oldCa}${await young("ca.crt")}` });
  await replace(await leaves(young));
  await replace({ "ca.crt": await young("ca.crt") });
  isOver = true;
  await load; // rejects with the first call that failed
  assert.deepEqual(installation.casualties(), []);
  const [daemon] = installation.outages?.(node).filter(({ name }) => name === "dpu") ?? [];
  await daemon?.begin();
  await daemon?.end(); // when STATUS is 0 again, by the new certificates alone
  assert.doesNotMatch(await logOf("cni-offload-host"), /"error"/);
});
