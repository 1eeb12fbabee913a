/** The scripted IPAM plugin answers what its files say, and notes every call. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../../fixtures/plugins/scripted-ipam", import.meta.url));

interface Placed {
  readonly folder: string;
  run(
    verb: string,
    stdin?: string,
  ): Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
}

async function placed(t: TestContext, script: Readonly<Record<string, string>>): Promise<Placed> {
  const folder = await mkdtemp(join(tmpdir(), "scripted-ipam-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const executable = join(folder, "double");
  await copyFile(source, executable);
  await chmod(executable, 0o755);
  await mkdir(`${executable}.calls`);
  await mkdir(`${executable}.d/ADD`, { recursive: true });
  for (const [name, content] of Object.entries(script)) {
    await writeFile(join(`${executable}.d/ADD`, name), content);
  }
  return {
    folder,
    async run(verb, stdin = "") {
      const env = { PATH: process.env["PATH"], CNI_COMMAND: verb, MARKER: "two\nlines" };
      const child = spawn(executable, { env });
      child.stdin.end(stdin);
      const [stdout, stderr, [code, signal]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      return { code, signal, stdout, stderr };
    },
  };
}

test("a scripted IPAM plugin prints what it is told and exits with what it is told", async (t) => {
  const { run } = await placed(t, { stdout: '{"a":1}', stderr: "marker", exit: "3" });
  assert.deepEqual(await run("ADD"), {
    code: 3,
    signal: null,
    stdout: '{"a":1}',
    stderr: "marker",
  });
});

test("a scripted IPAM plugin succeeds and says nothing for a verb without a script", async (t) => {
  const { run } = await placed(t, { exit: "3" });
  assert.deepEqual(await run("DEL"), { code: 0, signal: null, stdout: "", stderr: "" });
});

test("a scripted IPAM plugin kills itself when told so", async (t) => {
  const { run } = await placed(t, { end: "kill", stdout: "never" });
  const { signal, stdout } = await run("ADD");
  assert.deepEqual([signal, stdout], ["SIGKILL", ""]);
});

test("a scripted IPAM plugin notes verb, environment and stdin of each call in order", async (t) => {
  const { folder, run } = await placed(t, {});
  await run("ADD", '{"first":true}');
  await run("CHECK", '{"second":true}');
  const read = (path: string) => readFile(join(folder, "double.calls", path), "utf8");
  assert.equal(await read("1/verb"), "ADD\n");
  assert.equal(await read("1/stdin"), '{"first":true}');
  assert.equal(await read("2/verb"), "CHECK\n");
  assert.equal(await read("2/stdin"), '{"second":true}');
  assert.ok((await read("1/environment")).split("\0").includes("MARKER=two\nlines"));
});
