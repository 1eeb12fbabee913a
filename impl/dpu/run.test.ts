import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run } from "./run.ts";

async function ran(...argv: readonly string[]) {
  const said = { out: "", err: "" };
  const exitCode = await run(argv, {
    kernel: () => {
      throw new Error("the kernel was asked");
    },
    stop: new AbortController().signal,
    version: "1.2.3",
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { exitCode, ...said };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "agent-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("--help and --version print on stdout and exit 0", async () => {
  assert.deepEqual(await ran("--version"), { exitCode: 0, out: "1.2.3\n", err: "" });
  const help = await ran("--help");
  assert.equal(help.exitCode, 0);
  assert.match(help.out, /--config <file>(.|\n)*certificates/);
});

for (const [what, argv, message] of [
  ["an unknown flag", ["--bogus"], /unknown option '--bogus'/],
  ["an unknown command", ["bogus"], /too many arguments/],
  ["no configuration", [], /--config FILE is missing/],
  ["a configuration that is not there", ["--config", "/nowhere/a.yaml"], /"\/nowhere\/a.yaml"/],
  ["certificates without a node", ["certificates", "--out", "/x"], /--node/],
  [
    "certificates for no time",
    ["certificates", "--node", "a", "--out", "/x", "--days", "0"],
    /--days/,
  ],
  ["certificates for a bad name", ["certificates", "--node", "A b", "--out", "/x"], /--node/],
  [
    "certificates of a missing CA",
    ["certificates", "--node", "a", "--out", "/x", "--ca", "/no"],
    /\/no\/ca.crt/,
  ],
] as const) {
  test(`${what} is one line on stderr and exit 2`, async () => {
    const { exitCode, out, err } = await ran(...argv);
    assert.deepEqual([exitCode, out], [2, ""]);
    assert.match(err, /^cni-offload-agent: [^\n]+\n$/);
    assert.match(err, message);
  });
}

test("certificates writes six files with private keys, and does not overwrite a CA", async () => {
  await inFolder(async (folder) => {
    const first = await ran("certificates", "--node", "node1", "--out", folder);
    assert.equal(first.exitCode, 0);
    const names = (await readdir(folder)).sort();
    const expected = ["agent.crt", "agent.key", "ca.crt", "ca.key", "host.crt", "host.key"];
    assert.deepEqual(names, expected);
    for (const name of expected.filter((one) => one.endsWith(".key"))) {
      assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600, name);
    }
    const again = await ran("certificates", "--node", "node1", "--out", folder);
    assert.deepEqual([again.exitCode, again.out], [2, ""]);
    assert.match(again.err, /ca.key" exists; give --ca/);
    const renewed = await ran("certificates", "--node", "node1", "--out", folder, "--ca", folder);
    assert.equal(renewed.exitCode, 0);
  });
});

test("a certificate that cannot be read is told before the kernel is touched", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "agent.yaml");
    await writeFile(
      path,
      `node: node1
listen: 127.0.0.1:0
stateDir: ${folder}/state
tls: { ca: ca.crt, cert: agent.crt, key: agent.key }
representor: "rep{pf}v{vf}"
dataplane: { kind: routed, uplink: uplink0, ranges: [10.244.1.0/24] }
`,
    );
    const { exitCode, err } = await ran("--config", path);
    assert.equal(exitCode, 2);
    assert.match(
      err,
      /^cni-offload-agent: Cannot read [^\n]*".*\/(ca|agent).(crt|key)": there is no such file[^\n]*\n$/,
    );
  });
});
