import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { managementKey } from "../cni/management-key.ts";
import { keyText } from "../cni/types.ts";
import { memoryKernel } from "../netlink/memory.ts";
import { openFileStore } from "../store/file-store.ts";
import { makeSysfs } from "../vf/fake-sysfs.ts";
import { pristineOf } from "../vf/pristine.ts";
import { callRelay } from "../wire/relay-client.ts";
import type { Attachment } from "./attachment.ts";
import { parseAttachment } from "./attachment-record.ts";
import { inventoryShape } from "./inventory.ts";
import { run } from "./run.ts";

interface Started {
  readonly folder: string;
  readonly lines: string[];
  readonly exit: Promise<number>;
  stop(): void;
}

async function setUp(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "host-run-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await makeSysfs(join(folder, "sys"), 2);
  await writeFile(
    join(folder, "host.yaml"),
    JSON.stringify({
      node: "node1",
      socket: join(folder, "run/host.sock"),
      stateDir: join(folder, "state"),
      sysfsRoot: join(folder, "sys"),
      vfs: { pfs: ["0000:03:00.0"] },
      // Nobody listens there: the daemon starts all the same.
      agent: { address: "127.0.0.1:1", insecure: true },
    }),
  );
  return folder;
}

function start(
  folder: string,
  argv = ["--config", join(folder, "host.yaml")],
  kernel = () => memoryKernel(),
): Started {
  const stop = new AbortController();
  const lines: string[] = [];
  const exit = run(argv, {
    kernel,
    stop: stop.signal,
    version: "9.9.9",
    out: (text) => void lines.push(text),
    err: (text) => void lines.push(text),
  });
  return { folder, lines, exit, stop: () => stop.abort() };
}

async function ready(started: Started): Promise<void> {
  const end = Date.now() + 10_000;
  while (!started.lines.some((line) => line.includes('"message":"ready"'))) {
    if (Date.now() > end) assert.fail(started.lines.join(""));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("the daemon starts without its DPU, says so by STATUS, and stops with 0", async (t) => {
  const started = start(await setUp(t));
  await ready(started);
  const call = {
    environment: { CNI_COMMAND: "STATUS", CNI_PATH: "/x" },
    stdin: Buffer.from('{"cniVersion":"1.1.0","name":"podnet","type":"offload-cni"}'),
  };
  const socket = join(started.folder, "run/host.sock");
  const answer = await callRelay(socket, call, AbortSignal.timeout(5000));
  assert.equal(answer.exitCode, 1);
  assert.equal(JSON.parse(answer.stdout).code, 50);
  assert.match(answer.stderr, /^Cannot serve ADD: .*127\.0\.0\.1:1.*\n$/);
  started.stop();
  assert.equal(await started.exit, 0);
});

test("inventory prints what the daemon holds; without a daemon it is one line and exit code 1", async (t) => {
  const folder = await setUp(t);
  const argv = ["inventory", "--config", join(folder, "host.yaml")];
  const none = start(folder, argv);
  assert.equal(await none.exit, 1);
  assert.match(
    none.lines.join(""),
    /^cni-offload-host: Cannot ask the daemon at ".*host\.sock": it does not run; start it\n$/,
  );
  const started = start(folder);
  await ready(started);
  const asked = start(folder, argv);
  assert.equal(await asked.exit, 0);
  const read = inventoryShape.parse(JSON.parse(asked.lines.join("")));
  assert.deepEqual([read.node, read.vfs.length, read.agent.state], ["node1", 2, "unavailable"]);
  started.stop();
  await started.exit;
});

test("inventory of a daemon that does not answer ends with exit code 1", async (t) => {
  const folder = await setUp(t);
  await mkdir(join(folder, "run"));
  const silent = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume();
    t.after(() => socket.destroy());
  });
  silent.listen(join(folder, "run/host.sock"));
  t.after(() => silent.close());
  t.mock.method(AbortSignal, "timeout", () => timeout(50));
  const asked = start(folder, ["inventory", "--config", join(folder, "host.yaml")]);
  assert.equal(await asked.exit, 1);
  assert.match(asked.lines.join(""), /it did not answer within 5000 ms/);
});

const timeout = AbortSignal.timeout.bind(AbortSignal);

test("a second daemon with the same socket is refused", async (t) => {
  const first = start(await setUp(t));
  await ready(first);
  const second = start(first.folder);
  assert.equal(await second.exit, 2);
  assert.match(second.lines.join(""), /another daemon answers there/);
  first.stop();
  assert.equal(await first.exit, 0);
});

test("a second daemon with another socket and the same state directory is refused", async (t) => {
  const first = start(await setUp(t));
  await ready(first);
  const path = join(first.folder, "host.yaml");
  const config = JSON.parse(await readFile(path, "utf8"));
  await writeFile(
    path,
    JSON.stringify({ ...config, socket: join(first.folder, "run/other.sock") }),
  );
  const second = start(first.folder);
  assert.equal(await second.exit, 2);
  assert.match(
    second.lines.join(""),
    /Cannot use state directory ".*state": another process uses it/,
  );
  first.stop();
  assert.equal(await first.exit, 0);
  const third = start(first.folder);
  await ready(third);
  third.stop();
  assert.equal(await third.exit, 0);
});

test("what keeps the daemon from starting is one line and exit code 2", async (t) => {
  const folder = await setUp(t);
  const devices = join(folder, "sys/devices/pci0000:00/0000:03:00.0");
  const cases: readonly [() => Promise<unknown>, RegExp][] = [
    [
      () => writeFile(join(folder, "state"), ""),
      /Cannot use state directory ".*state": a file is in its way/,
    ],
    [
      () => rm(join(folder, "state")).then(() => writeFile(join(devices, "sriov_numvfs"), "x")),
      /expected a number in .*sriov_numvfs/,
    ],
    [() => writeFile(join(folder, "host.yaml"), "node: 5"), /node: expected a string, it is 5/],
  ];
  for (const [spoil, expected] of cases) {
    await spoil();
    const started = start(folder);
    assert.equal(await started.exit, 2);
    const said = started.lines.filter((line) => !line.startsWith("{"));
    assert.equal(said.length, 1, said.join("|"));
    assert.match(said[0] ?? "", /^cni-offload-host: .*\n$/);
    assert.match(said[0] ?? "", expected);
  }
});

test("--help and --version answer and exit 0; wrong usage is one line and exit 2", async (t) => {
  const folder = await setUp(t);
  await mkdir(join(folder, "unused"));
  const cases: readonly [string[], number, RegExp][] = [
    [["--help"], 0, /--config <file>/],
    [["inventory", "--help"], 0, /quarantined.*(.|\n)*damaged/],
    [["inventory"], 2, /--config <file>' not specified/],
    [["--version"], 0, /^9\.9\.9\n$/],
    [["--frob"], 2, /^cni-offload-host: unknown option '--frob'\n$/],
    [["extra"], 2, /^cni-offload-host: too many arguments.*\n$/],
    [[], 2, /^cni-offload-host: Cannot start: --config FILE is missing; see --help\n$/],
  ];
  for (const [argv, code, expected] of cases) {
    const started = start(folder, argv);
    assert.equal(await started.exit, code, argv.join(" "));
    assert.match(started.lines.join(""), expected);
  }
});

test("uninstall refuses while the daemon runs, and leaves nothing of it afterwards", async (t) => {
  const folder = await setUp(t);
  const started = start(folder);
  await ready(started);
  const argv = ["uninstall", "--config", join(folder, "host.yaml")];
  const early = start(folder, argv);
  assert.equal(await early.exit, 2);
  assert.match(early.lines.join(""), /another process uses it .*; stop that one first/);
  started.stop();
  assert.equal(await started.exit, 0);
  assert.ok(existsSync(join(folder, "state")));
  for (const time of ["first", "second"]) {
    assert.equal(await start(folder, argv).exit, 0, time);
    assert.ok(!existsSync(join(folder, "state")), time);
  }
});

test("uninstall keeps its hands off pods that live, and off what only the DPU can confirm, unless forced", async (t) => {
  const folder = await setUp(t);
  const store = await openFileStore(join(folder, "state/attachments"), parseAttachment);
  const kernel = memoryKernel();
  using home = await kernel.open();
  await home.linkAdd({ kind: "veth", name: "enp3s0f0v0", peer: { name: "rep0v0" } });
  const link = await home.link("enp3s0f0v0");
  assert.ok(link);
  const vf = { pciAddress: "0000:03:00.1", pf: 0, index: 0, pristine: pristineOf(link) };
  const record: Omit<Attachment, "key"> = {
    ...{ format: 1, phase: "ready", generation: 1, vf, netns: "", networkConfig: "{}" },
    ...{ pod: { namespace: "", name: "", uid: "" }, since: "" },
    port: { addresses: [], routes: [], mtu: 1500, mac: link.address, dns: {} },
  };
  const pod = { network: "podnet", containerId: "a", ifname: "eth0" };
  const own = managementKey("offload0");
  const argv = ["uninstall", "--config", join(folder, "host.yaml")];
  const refused = async (words: RegExp) => {
    const run_ = start(folder, argv, () => kernel);
    assert.equal(await run_.exit, 2);
    assert.match(run_.lines.at(-1) ?? "", words);
  };
  await store.put(keyText(pod), { ...record, key: pod });
  await refused(/1 attachments are live, such as "podnet\/a\/eth0"; delete their pods first/);
  await store.delete(keyText(pod));

  await store.put(keyText(own), { ...record, key: own });
  await home.linkSet("enp3s0f0v0", { name: "offload0", alias: "ours" });
  await rm(join(folder, "sys"), { recursive: true });
  const tree = await makeSysfs(join(folder, "sys"), 2);
  await tree.setNetdev(0, "offload0");
  await refused(/"@management\/host\/offload0": the DPU is unavailable/);
  assert.equal((await home.link("enp3s0f0v0"))?.alias ?? "", "");
  assert.equal(await start(folder, [...argv, "--force"], () => kernel).exit, 0);
  assert.ok(!existsSync(join(folder, "state")));
});
