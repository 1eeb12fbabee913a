/** `delegate` with plugins that misbehave after Debian's bridge has made its interface: told, bounded, and cleaned up. */
import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Dataplane } from "../../dataplane.ts";
import {
  bridgeList,
  type DelegateTestWorld,
  delegateWorld,
  withoutPlugins,
} from "./delegate-world.ts";

const skip = await withoutPlugins();
const { signal } = new AbortController();
const port = { key: "net/c1/eth0", representor: "rep0v0" } as const;
const request = { ...port, mac: "02:00:00:00:00:0a", networkConfig: "{}" };
const nothing = { addresses: [], routes: [], mtu: 0, mac: "", dns: {} };

/** A chain of bridge and a script, which is given per verb; what it is called with is appended to a file. */
async function withScript(scripts: Readonly<Record<string, string>>, addMs = 8_000) {
  return delegateWorld({
    addMs,
    list: (folder) => withSecond(folder, "odd"),
    script: (folder) => script(folder, scripts),
  });
}

function withSecond(folder: string, type: string) {
  const list = bridgeList(folder);
  return { ...list, plugins: [...(list["plugins"] as unknown[]), { type }] };
}

/** Without a script an ADD repeats prevResult, which is what a chained plugin does that changes nothing. */
async function script(folder: string, scripts: Readonly<Record<string, string>>): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const pass = `node -e 'process.stdout.write(JSON.stringify(JSON.parse(process.argv[1]).prevResult))' "$input"`;
  const cases = Object.entries({ ADD: pass, VERSION: versions, ...scripts });
  const lines = cases.map(([verb, body]) => `${verb}) ${body} ;;`);
  const path = join(bin, "odd");
  await writeFile(
    path,
    `#!/bin/sh\ninput=$(cat)\necho "$CNI_COMMAND $input" >> ${folder}/calls\ncase $CNI_COMMAND in\n${lines.join("\n")}\nesac\n`,
  );
  await chmod(path, 0o755);
  return bin;
}

const versions = `echo '{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0","1.1.0"]}'`;

async function calls(world: DelegateTestWorld): Promise<readonly string[]> {
  const text = await readFile(join(world.folder, "calls"), "utf8");
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("VERSION"));
}

async function reservations(world: DelegateTestWorld): Promise<readonly string[]> {
  const files = await readdir(join(world.folder, "ipam", "podnet"));
  return files.filter((name) => /^\d/.test(name));
}

for (const [what, body, says] of [
  [
    "fails with an error object",
    `echo '{"code":17,"msg":"no widget","details":"call support"}'; exit 1`,
    /^plugin "odd" failed ADD: no widget: call support \(code 17\)$/,
  ],
  [
    "prints garbage",
    "printf 'hello\\nworld'",
    /^plugin "odd" answered ADD with no result: it is not JSON; it printed "hello world"$/,
  ],
  ["hangs, with children", "sleep 300 & sleep 300", /failed ADD: ADD did not end in 1500 ms$/],
  ["prints without end", "exec cat /dev/zero", /it printed more than 1048576 bytes/],
  ["dies of a signal", "kill -SEGV $$", /it was killed by SIGSEGV/],
] as const) {
  test(`a plugin that ${what} is told in its own words, and nothing is left`, {
    skip,
  }, async () => {
    await using world = await withScript({ ADD: body }, 1_500);
    const before = await world.snapshot();
    await assert.rejects(world.dataplane.attach(request, signal), { message: says });
    assert.deepEqual(await world.snapshot(), before);
    assert.deepEqual(await reservations(world), [], "bridge was not asked to delete");
    const [, deleted] = await calls(world);
    assert.match(deleted ?? "", /^DEL .*"prevResult":\{.*10\.88\.0\./, "with what bridge had made");
  });
}

test("a child that a plugin leaves behind does not hold the port up", { skip }, async () => {
  const leave = `sleep 300 & node -e 'console.log(JSON.stringify(JSON.parse(process.argv[1]).prevResult))' "$input"`;
  await using world = await withScript({ ADD: leave });
  const { addresses } = await world.dataplane.attach(request, signal);
  assert.equal(addresses.length, 1);
});

test("a DEL that fails is told, keeps the address taken, and is done again", { skip }, async () => {
  const once =
    'test -e $0.failed || { touch $0.failed; echo \'{"code":11,"msg":"busy"}\'; exit 1; }';
  await using world = await withScript({ DEL: once });
  const { dataplane } = world;
  const before = await world.snapshot();
  await dataplane.attach(request, signal);
  const detaching = dataplane.detach({ ...port, setting: nothing });
  await assert.rejects(detaching, { message: 'plugin "odd" failed DEL: busy (code 11)' });
  await dataplane.detach({ ...port, setting: nothing });
  assert.deepEqual(await world.snapshot(), before);
  assert.deepEqual(await reservations(world), []);
});

test("DEL runs the list that ADD ran, whatever the file says now", { skip }, async () => {
  await using world = await withScript({});
  await world.dataplane.attach(request, signal);
  await world.configure({ cniVersion: "1.0.0", name: "other", plugins: [{ type: "loopback" }] });
  await (await world.restart()).detach({ ...port, setting: nothing });
  assert.deepEqual(
    (await calls(world)).map((line) => line.split(" ")[0]),
    ["ADD", "DEL"],
  );
  assert.deepEqual(await reservations(world), []);
});

test("CHECK of a plugin that finds a difference fails with its words", { skip }, async () => {
  const complain = `echo '{"code":100,"msg":"rule is gone"}'; exit 1`;
  await using world = await withScript({ CHECK: complain });
  const { dataplane } = world;
  const setting = await dataplane.attach(request, signal);
  await assert.rejects(dataplane.check({ ...port, setting }), {
    name: "CheckFailure",
    message: 'plugin "odd" failed CHECK: rule is gone (code 100)',
  });
});

test("a caller that gives up ends the plugins, and the port is undone", { skip }, async () => {
  await using world = await withScript({ ADD: "sleep 300" });
  const before = await world.snapshot();
  const gone = new AbortController();
  const attaching = world.dataplane.attach(request, gone.signal);
  const rejected = assert.rejects(attaching, /the host gave up/);
  for (const endMs = Date.now() + 10_000; (await calls(world).catch(() => [])).length === 0; ) {
    assert.ok(Date.now() < endMs, "the plugin was never started");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  gone.abort(new Error("the host gave up"));
  await rejected;
  assert.deepEqual(await world.snapshot(), before);
});

const onlyOdd = (version: string) => () => ({
  ...{ cniVersion: version, name: "odd" },
  plugins: [{ type: "odd", capabilities: { portMappings: true, aliases: false } }],
});

async function healthOf(scripts: Readonly<Record<string, string>>, version = "1.1.0") {
  return delegateWorld({
    list: onlyOdd(version),
    script: (folder) => script(folder, scripts),
  });
}

test("STATUS of the plugins is the health, in their words", { skip }, async () => {
  const no = (code: number) => `echo '{"code":${code},"msg":"agent is down"}'; exit 1`;
  for (const [body, state] of [
    [no(50), "notReady"],
    [no(51), "down"],
    ["exit 0", "ready"],
  ] as const) {
    await using world = await healthOf({ STATUS: body });
    const health = await world.dataplane.health();
    assert.equal(health.state, state);
    const reason = "reason" in health ? health.reason : "";
    if (state !== "ready")
      assert.match(reason, /plugin "odd" failed STATUS: agent is down \(code 5[01]\)/);
    assert.deepEqual(world.dataplane.capabilities?.(), ["portMappings"]);
  }
});

test("a plugin that does not speak the list's version is the health, before any pod", {
  skip,
}, async () => {
  await using world = await healthOf({ VERSION: `echo '{"supportedVersions":["0.4.0"]}'` });
  assert.deepEqual(await reasonOf(world.dataplane), 'plugin "odd" speaks 0.4.0, the list 1.1.0');
});

async function reasonOf(dataplane: Dataplane): Promise<string> {
  const health = await dataplane.health();
  return "reason" in health ? health.reason : "ready";
}
