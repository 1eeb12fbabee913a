/**
 * The daemon's socket under attack: whatever comes, it lives, its memory is bounded, and who calls properly meanwhile is
 * answered. DNC_ATTACK_FACTOR (default 1) multiplies what is tried.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { errnoOf } from "../base/errno.ts";
import { sleep } from "../base/time.ts";
import { makeSysfs } from "../vf/fake-sysfs.ts";
import { callRelay } from "../wire/relay-client.ts";
import { encodeRequest } from "../wire/relay-frame.ts";

const factor = Number(process.env["DNC_ATTACK_FACTOR"] ?? 1);
const MiB = 1024 * 1024;
const fixture = fileURLToPath(new URL("daemon.fixture.ts", import.meta.url));
const good = {
  environment: { CNI_COMMAND: "VERSION" },
  stdin: Buffer.from('{"cniVersion":"1.1.0"}'),
};

let folder = "";
let socketPath = "";
let daemon: ChildProcess;
let log = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "attacks-"));
  socketPath = join(folder, "run/host.sock");
  await makeSysfs(join(folder, "sys"), 2);
  const config = {
    ...{ node: "node1", socket: socketPath, stateDir: join(folder, "state") },
    ...{ sysfsRoot: join(folder, "sys"), vfs: { pfs: ["0000:03:00.0"] } },
    agent: { address: "127.0.0.1:1", insecure: true },
  };
  await writeFile(join(folder, "host.yaml"), JSON.stringify(config));
  daemon = fork(fixture, ["--config", join(folder, "host.yaml")], {
    execArgv: ["--import", "tsx", "--expose-gc", "--max-semi-space-size=2"],
    silent: true,
  });
  daemon.stderr?.on("data", (chunk) => {
    log = (log + chunk).slice(-2_000_000);
  });
  const end = Date.now() + 60_000;
  while (!log.includes('"message":"ready"')) {
    assert.ok(Date.now() < end && daemon.exitCode === null, log);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await callWell();
});

after(async () => {
  if (daemon.exitCode === null && daemon.kill("SIGKILL")) await once(daemon, "exit");
  await rm(folder, { recursive: true });
});

/** As the shim: it waits, bounded, while the kernel's queue of connections is full, where Node's connect does not. */
async function callWell(): Promise<void> {
  const signal = AbortSignal.timeout(10_000);
  for (;;) {
    try {
      const answer = await callRelay(socketPath, good, signal);
      assert.equal(answer.exitCode, 0, answer.stdout);
      return;
    } catch (error) {
      if (errnoOf(error) !== "EAGAIN") throw error;
      await sleep(5, signal);
    }
  }
}

async function memory(): Promise<number> {
  daemon.send("memory");
  const [rss] = await once(daemon, "message", { signal: AbortSignal.timeout(10_000) });
  return Number(rss);
}

/** Runs `attack` with one proper call after the other beside it, each within its 10 s. */
async function during(attack: () => Promise<unknown>): Promise<void> {
  let isOver = false;
  const calls = (async () => {
    let answered = 0;
    while (!isOver || answered === 0) {
      await callWell();
      answered += 1;
    }
  })();
  const attacked = attack().finally(() => {
    isOver = true;
  });
  await Promise.all([calls, attacked]);
  assert.equal(daemon.exitCode, null, log);
  await callWell();
}

function open(): Socket {
  return connect({ path: socketPath, allowHalfOpen: true }).on("error", () => {});
}

/** All that comes back until the daemon ends or closes. */
function answerOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks).toString());
    };
    socket.once("end", done).once("close", done);
  });
}

function codeOf(answer: string): number | undefined {
  const [, body = ""] = answer.split("\n");
  return body === "" ? undefined : JSON.parse(body).code;
}

test("any bytes, in any pieces, are answered with an error or nothing", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 6 });
  const greeted = pieces.map((all) => [Buffer.from("OFFLOAD-CNI 1\0CNI_COMMAND=ADD\0"), ...all]);
  await during(() =>
    fc.assert(
      fc.asyncProperty(fc.oneof(pieces, greeted), async (all) => {
        const socket = open();
        for (const piece of all) socket.write(piece);
        socket.end();
        const answer = await answerOf(socket);
        if (answer !== "") assert.match(answer, /^1 \d+ \d+\n\{/);
      }),
      { numRuns: 25 * factor },
    ),
  );
});

for (const [what, stdin] of [
  ["JSON nested a million deep", "[".repeat(1_000_000)],
  ["objects nested half a million deep", `${'{"a":'.repeat(500_000)}1${"}".repeat(500_000)}`],
  [
    "a configuration with a hundred thousand keys",
    `{"cniVersion":"1.1.0",${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`,
  ],
  [
    "deep objects in a proper configuration",
    `{"cniVersion":"1.1.0","name":"n","type":"t","runtimeConfig":${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}}`,
  ],
  ["a number of a million digits", `{"cniVersion":"1.1.0","name":${"9".repeat(1_000_000)}}`],
  [
    "a key that is a prototype",
    '{"cniVersion":"1.1.0","name":"n","type":"t","__proto__":{"polluted":true}}',
  ],
] as const) {
  test(`${what} is answered, with an error of one line`, async () => {
    const environment = {
      ...{ CNI_COMMAND: "ADD", CNI_CONTAINERID: "c", CNI_NETNS: "/proc/self/ns/none" },
      ...{ CNI_IFNAME: "eth0", CNI_PATH: "/x" },
    };
    await during(async () => {
      const call = { environment, stdin: Buffer.from(stdin) };
      const answer = await callRelay(socketPath, call, AbortSignal.timeout(20_000));
      assert.equal(answer.exitCode, 1);
      const { code, msg } = JSON.parse(answer.stdout);
      assert.doesNotMatch(msg, /\n/);
      assert.notEqual(code, 199, msg);
    });
  });
}

test("thousands of idle and half-open connections cost little, and give way to calls", async () => {
  const count = 3000 * factor;
  const before = await memory();
  const sockets: Socket[] = [];
  await during(async () => {
    for (let n = 0; n < count; n += 1) {
      const socket = open();
      sockets.push(socket);
      if (n % 3 === 1) socket.write("OFFLOAD-CNI 1\0CNI_COMMAND=ADD\0");
      if (n % 3 === 2) socket.end(encodeRequest(good).subarray(0, 20));
      if (n % 200 === 0) await once(socket, "connect").catch(() => {});
    }
    await callWell();
  });
  const grown = (await memory()) - before;
  for (const socket of sockets) socket.destroy();
  assert.ok(grown < 100 * MiB, `${Math.round(grown / MiB)} MiB for ${count} connections`);
});

test("calls that are sent whole but for their end are held within a bound", async () => {
  const before = await memory();
  const bytes = encodeRequest({ environment: {}, stdin: Buffer.alloc(3 * MiB, 32) });
  const sockets = Array.from({ length: 60 * factor }, open);
  await during(async () => {
    for (const socket of sockets) socket.write(bytes);
    const refused = sockets.map((socket) => answerOf(socket).then(codeOf));
    // 64 MiB hold 21 of them; the others are refused, and told to come again.
    assert.equal(await Promise.race(refused), 11);
    await callWell();
  });
  const grown = (await memory()) - before;
  for (const socket of sockets) socket.destroy();
  assert.ok(grown < 250 * MiB, `${Math.round(grown / MiB)} MiB`);
});

test("a user who is not root is kept out by the file, and told so where the file was opened up", async (t) => {
  const user = 65_533;
  const script = `
    const socket = require("net").connect(process.argv[1]);
    socket.on("error", (error) => { console.log(error.code); process.exit(); });
    socket.on("data", (data) => process.stdout.write(data));
    socket.on("end", () => process.exit());`;
  const as = () =>
    spawnSync(
      "setpriv",
      [`--reuid=${user}`, "--clear-groups", process.execPath, "-e", script, socketPath],
      {
        ...{ encoding: "utf8", timeout: 10_000, cwd: "/" },
      },
    );
  await chmod(folder, 0o755); // mkdtemp's own mode would keep everybody out
  const first = as();
  if (first.status !== 0) return t.skip(`cannot become user ${user}: ${first.stderr.trim()}`);
  assert.equal(first.stdout.trim(), "EACCES");
  await chmod(join(folder, "run"), 0o755);
  assert.equal(as().stdout.trim(), "EACCES");
  await chmod(socketPath, 0o666);
  const second = as();
  assert.equal(codeOf(second.stdout), 108);
  assert.match(second.stdout, /it comes from user 65533 \(process \d+\), only root may call/);
  const end = Date.now() + 5000;
  while (!/call refused before it began.*65533/.test(log) && Date.now() < end) await sleep(10);
  assert.match(log, /call refused before it began.*65533/);
  await chmod(socketPath, 0o600);
  await callWell();
});
