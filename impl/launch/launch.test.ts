import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { root } from "./launch.mjs";

const run = promisify(execFile);
const timeout = 60_000;
let copy: string;

before(async () => {
  copy = await mkdtemp(join(tmpdir(), "launch-"));
  for (const part of ["impl", "proto", "package.json", "package-lock.json", "tsconfig.json"]) {
    await cp(join(root, part), join(copy, part), {
      recursive: true,
      filter: (source) => !source.endsWith("/dist"),
    });
  }
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
});

after(() => rm(copy, { recursive: true, force: true }));

async function bundle(): Promise<string> {
  return (await run(process.execPath, [join(copy, "impl/launch/bundle.mjs")])).stdout;
}

async function version(): Promise<string> {
  const launcher = join(copy, "impl/host/cni-offload-host.mjs");
  return (await run(process.execPath, [launcher, "--version"])).stdout.trim();
}

/** Only the bundle, made to say so, tells whether it was run. */
async function markBundle(): Promise<void> {
  const path = join(copy, "impl/launch/dist/cni-offload-host.mjs");
  await writeFile(path, `process.stdout.write("bundle ");\n${await readFile(path, "utf8")}`);
}

async function editSource(change: (text: string) => string): Promise<void> {
  const path = join(copy, "impl/host/main.ts");
  await writeFile(path, change(await readFile(path, "utf8")));
}

test("launch() runs the bundle while its sources are untouched, and the sources after an edit", {
  timeout,
}, async () => {
  const { version: plain } = JSON.parse(await readFile(join(copy, "package.json"), "utf8"));
  assert.equal(await version(), plain, "without a bundle");

  assert.match(await bundle(), /cni-offload-host\.mjs\n.*cni-offload-agent\.mjs\n/);
  await markBundle();
  assert.equal(await version(), `bundle ${plain}`);
  assert.equal(await bundle(), "", "nothing is stale");

  await editSource((text) => text.replace("packageJson.version", '"9.9.9"'));
  assert.equal(await version(), "9.9.9");
  assert.match(await bundle(), /^bundled .*cni-offload-host\.mjs\n$/, "only what has the source");
  await markBundle();
  assert.equal(await version(), "bundle 9.9.9");
});

test("launch() takes an older file of another content for an edit", { timeout }, async () => {
  await bundle();
  const path = join(copy, "impl/host/main.ts");
  const before = await stat(path);
  await editSource((text) => text.replace(/version: .*,/, 'version: "7.7.7",'));
  await utimes(path, before.atime, new Date(before.mtimeMs - 60_000));
  assert.equal(await version(), "7.7.7");
});
