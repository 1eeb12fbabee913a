/** Bundles: what goes in and what never does, what comes out, and what is refused. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { askedFile } from "../core/asked.ts";
import { shellQuote } from "../core/shell-quote.ts";
import { UsageError } from "../core/usage-error.ts";
import { sampleCheck, sampleRecord } from "../reporters/sample-record.ts";
import { openBundle, writeBundle } from "./bundle.ts";
import { repeatWords } from "./repeat-words.ts";

const key = "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\n";

interface Made {
  readonly directory: string;
  readonly run: string;
  readonly file: string;
}

async function setUp(t: TestContext, words: readonly string[] = ["run", "smoke"]): Promise<Made> {
  const directory = await mkdtemp(join(tmpdir(), "bundle-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const run = join(directory, "results/r1");
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(run, name)), { recursive: true });
    await writeFile(join(run, name), text);
  };
  const record = {
    ...sampleRecord([sampleCheck()]),
    command: `node some/dnc.mjs ${shellQuote(words)}`,
    seed: 42,
  };
  await write("record.json", JSON.stringify(record));
  const inputs = [{ word: "my.conf", file: "inputs/0-my.conf" }];
  await write(askedFile, JSON.stringify({ format: 1, version: "0.1.0", cwd: directory, inputs }));
  await write("inputs/0-my.conf", "{}");
  await write("logs/node1/host.log", "a line");
  await write("failure/smoke/node1/run/tls/ca.key", key);
  await write("failure/smoke/node1/run/tls/ca.crt", "a certificate");
  await write("failure/smoke/node1/run/notes.txt", `a note\n${key}`);
  return { directory, run, file: join(directory, "b.tar.gz") };
}

async function made(t: TestContext, words?: readonly string[]): Promise<Made> {
  const at = await setUp(t, words);
  await writeBundle(at.run, { out: at.file, program: "npx dnc" });
  return at;
}

test("a bundle has the run's files and a README, and no private key whatever it is called", async (t) => {
  const { file } = await made(t);
  await using bundle = await openBundle(file);
  const read = (name: string) => readFile(join(bundle.folder, name), "utf8");
  assert.equal(await read("logs/node1/host.log"), "a line");
  assert.equal(await read("failure/smoke/node1/run/tls/ca.crt"), "a certificate");
  const readMe = await read("README.txt");
  for (const name of ["failure/smoke/node1/run/tls/ca.key", "failure/smoke/node1/run/notes.txt"]) {
    await assert.rejects(read(name), /ENOENT/);
    assert.ok(readMe.includes(`${name}: it holds a private key`), readMe);
  }
  assert.match(readMe, /^The same run again: npx dnc repro b.tar.gz$/m);
  assert.match(readMe, /^seed +42$/m);
  assert.equal(bundle.record.seed, 42);
});

test("what is repeated is the recorded command line, word by word, with its seed", async (t) => {
  const words = ["run", "faults", "--case", "ADD 3/kill -9", "--test", "^a'b$", "--path", "1:0"];
  const { file } = await made(t, words);
  await using bundle = await openBundle(file);
  assert.deepEqual(await repeatWords(bundle), { words: [...words, "--seed", "42"], notes: [] });
});

test("a seed that was given is not given twice", async (t) => {
  for (const words of [
    ["run", "--seed", "42"],
    ["run", "--seed=42"],
  ]) {
    const { file } = await made(t, words);
    await using bundle = await openBundle(file);
    assert.deepEqual((await repeatWords(bundle)).words, words);
  }
});

test("a file of then is used where it is the same, and the bundle's copy otherwise", async (t) => {
  const { file, directory } = await made(t, ["run", "--conf", "my.conf", "--target=my.conf"]);
  const now = join(directory, "my.conf");
  await using bundle = await openBundle(file);
  const copy = join(bundle.folder, "inputs/0-my.conf");
  const found = async () => (await repeatWords(bundle)).words.slice(1, 4);
  assert.deepEqual(await found(), ["--conf", copy, `--target=${copy}`]);
  await writeFile(now, "{}");
  assert.deepEqual(await found(), ["--conf", now, `--target=${now}`]);
  await writeFile(now, "another");
  assert.deepEqual(await found(), ["--conf", copy, `--target=${copy}`]);
  assert.match((await repeatWords(bundle)).notes.join(), /^my.conf has changed since: the bundle/);
});

async function refused(work: Promise<unknown>, line: RegExp): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, line);
    assert.ok(!error.message.includes("\n"), error.message);
    return true;
  });
}

test("a torn, foreign or hollow file is refused in one line", async (t) => {
  const { file, directory } = await made(t);
  const at = (name: string) => join(directory, name);
  const tar = (name: string, ...words: string[]) =>
    execFileSync("tar", ["-czf", name, ...words], { cwd: directory });
  const { length } = await readFile(file);
  await truncate(file, Math.floor(length / 2));
  await refused(openBundle(file), /^Cannot read the bundle ".*b.tar.gz": .*; give a file that/);
  await truncate(file, 0);
  await refused(openBundle(file), /^Cannot read the bundle/);
  await writeFile(at("text.tar.gz"), "hello");
  await refused(openBundle(at("text.tar.gz")), /^Cannot read the bundle .*not in gzip format/);
  await refused(openBundle(at("nowhere.tar.gz")), /^Cannot read the bundle .*No such file/);
  tar("foreign.tar.gz", "results");
  await refused(openBundle(at("foreign.tar.gz")), /it is no bundle of dnc: it has "results\/"/);
  await mkdir(at("dnc-bundle"));
  tar("hollow.tar.gz", "dnc-bundle");
  await refused(openBundle(at("hollow.tar.gz")), /there is no record.json/);
  await writeFile(at("dnc-bundle/record.json"), '{"format":1');
  tar("hollow.tar.gz", "dnc-bundle");
  await refused(openBundle(at("hollow.tar.gz")), /its record.json is damaged/);
});

test("a run that is not there, a place that cannot be written and a record of no run are refused", async (t) => {
  const { run, directory } = await setUp(t);
  const options = { program: "npx dnc" };
  await refused(
    writeBundle(join(directory, "nowhere"), options),
    /^Cannot bundle the run ".*nowhere": there is no record.json/,
  );
  await refused(
    writeBundle(run, { ...options, out: join(directory, "no/such/b.tar.gz") }),
    /^Cannot write the bundle ".*": Cannot pack it with tar: .*; give another file with --out/,
  );
  const { file } = await made(t, ["list"]);
  await using bundle = await openBundle(file);
  await refused(repeatWords(bundle), /^Cannot repeat ".*list": it is no "run" of dnc/);
});
