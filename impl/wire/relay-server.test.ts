/** The relay server with good callers, bad ones, dead ones, and other daemons. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createLog } from "../base/log.ts";
import type { RelayAnswer, RelayRequest } from "./relay.ts";
import { callRelay } from "./relay-client.ts";
import type { RelayOptions } from "./relay-connection.ts";
import { encodeRequest } from "./relay-frame.ts";
import { serveRelay } from "./relay-server.ts";

const log = createLog({ component: "test", write: () => undefined });
const answer: RelayAnswer = { exitCode: 0, stdout: "ok\n", stderr: "" };
const bound = () => AbortSignal.timeout(10_000);
const call = (stdin = "{}"): RelayRequest => ({
  environment: { CNI_COMMAND: "ADD" },
  stdin: Buffer.from(stdin),
});

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "relay-"));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function serve(t: TestContext, options: Partial<RelayOptions> = {}) {
  const socketPath = options.socketPath ?? join(await temporary(t), "run", "host.sock");
  const server = await serveRelay({
    log,
    handle: async () => answer,
    idleTimeoutMs: 5_000,
    drainTimeoutMs: 2_000,
    ...options,
    socketPath,
  });
  t.after(() => server.close());
  return { socketPath, server };
}

/** A latch: `opened` resolves once `open` was called. */
function latch<T = void>() {
  let open: (value: T) => void = () => undefined;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("serveRelay()", () => {
  it("hands a call over as it was sent, and the answer back", async (t) => {
    const stdin = Buffer.alloc(3 * 1024 * 1024, "é\0x");
    let seen: RelayRequest | undefined;
    const { socketPath } = await serve(t, {
      handle: async (request) => {
        seen = request;
        return { exitCode: 7, stdout: "x".repeat(500_000), stderr: "e" };
      },
    });
    const got = await callRelay(socketPath, { environment: { CNI_ARGS: "a=é" }, stdin }, bound());
    assert.deepEqual(got, { exitCode: 7, stdout: "x".repeat(500_000), stderr: "e" });
    assert.deepEqual(seen?.environment, { CNI_ARGS: "a=é" });
    assert.ok(Buffer.from(seen?.stdin ?? []).equals(stdin));
  });

  it("keeps the socket to its own user", async (t) => {
    const { socketPath } = await serve(t);
    assert.equal((await stat(socketPath)).mode & 0o777, 0o600);
    assert.equal((await stat(join(socketPath, ".."))).mode & 0o777, 0o700);
  });

  it("serves a path longer than a socket address holds", async (t) => {
    const socketPath = join(await temporary(t), "d".repeat(120), "host.sock");
    const { server } = await serve(t, { socketPath });
    assert.ok((await stat(socketPath)).isSocket());
    await server.close();
    await assert.rejects(stat(socketPath), { code: "ENOENT" });
  });

  it("refuses to start beside a live daemon, which keeps its socket", async (t) => {
    const { socketPath } = await serve(t);
    await assert.rejects(serve(t, { socketPath }), /another daemon answers there/);
    assert.deepEqual(await callRelay(socketPath, call(), bound()), answer);
  });

  it("lets one of several daemons win that start at the same moment", async (t) => {
    const socketPath = join(await temporary(t), "host.sock");
    const started = await Promise.allSettled([1, 2, 3, 4].map(() => serve(t, { socketPath })));
    const lost = started.flatMap((one) => (one.status === "rejected" ? [one.reason.message] : []));
    assert.equal(lost.length, 3);
    for (const message of lost) assert.match(message, /another daemon answers there/);
    assert.deepEqual(await callRelay(socketPath, call(), bound()), answer);
  });

  it("takes over the socket of a dead daemon", async (t) => {
    const socketPath = join(await temporary(t), "host.sock");
    const dead = createServer().listen(socketPath);
    await once(dead, "listening");
    // What kill -9 leaves: the file, and nobody behind it. Node would remove it on close under its own name.
    const { rename } = await import("node:fs/promises");
    await rename(socketPath, `${socketPath}.kept`);
    dead.close();
    await once(dead, "close");
    await rename(`${socketPath}.kept`, socketPath);
    await serve(t, { socketPath });
    assert.deepEqual(await callRelay(socketPath, call(), bound()), answer);
  });

  it("leaves a later daemon's socket alone when it closes", async (t) => {
    const { socketPath, server } = await serve(t);
    await rm(socketPath);
    await serve(t, { socketPath });
    await server.close();
    assert.deepEqual(await callRelay(socketPath, call(), bound()), answer);
  });

  it("aborts a call whose shim is gone", async (t) => {
    const started = latch();
    const aborted = latch<unknown>();
    const { socketPath } = await serve(t, {
      handle: async (_request, signal) => {
        started.open();
        await once(signal, "abort");
        aborted.open(signal.reason);
        return answer;
      },
    });
    const shim = connect({ path: socketPath, allowHalfOpen: true });
    shim.end(encodeRequest(call()));
    await started.opened;
    shim.destroy();
    const reason = await aborted.opened;
    assert.ok(reason instanceof DOMException && reason.name === "AbortError");
  });

  it("begins nothing for a shim that died while it sent", async (t) => {
    let calls = 0;
    const { socketPath, server } = await serve(t, {
      handle: async () => {
        calls += 1;
        return answer;
      },
    });
    const shim = connect({ path: socketPath });
    await once(shim, "connect");
    await new Promise((resolve) => shim.write(encodeRequest(call()), resolve));
    shim.destroy();
    await callRelay(socketPath, call(), bound());
    await server.close();
    assert.equal(calls, 1);
  });

  it("does not begin before the end of stdin", async (t) => {
    const begun: string[] = [];
    const { socketPath } = await serve(t, {
      handle: async ({ stdin }) => {
        begun.push(Buffer.from(stdin).toString());
        return answer;
      },
    });
    const shim = connect({ path: socketPath, allowHalfOpen: true });
    for (const byte of encodeRequest(call("slow"))) shim.write(Uint8Array.of(byte));
    await callRelay(socketPath, call("other"), bound());
    assert.deepEqual(begun, ["other"]);
    shim.end();
    await once(shim, "data");
    assert.deepEqual(begun, ["other", "slow"]);
    shim.destroy();
  });

  it("cuts silent, oversize and foreign callers with an error, and serves others meanwhile", async (t) => {
    const { socketPath } = await serve(t, { idleTimeoutMs: 300 });
    const say = async (bytes: Uint8Array, end: boolean) => {
      const shim = connect({ path: socketPath, allowHalfOpen: true });
      shim.on("error", () => undefined);
      shim.write(bytes);
      if (end) shim.end();
      const chunks: Uint8Array[] = [];
      shim.on("data", (chunk) => chunks.push(chunk));
      await new Promise((resolve) => shim.once("end", resolve));
      shim.destroy();
      const [head = "", body = ""] = Buffer.concat(chunks).toString().split("\n");
      assert.match(head, /^1 /);
      const { code, msg } = JSON.parse(body);
      return { code, msg };
    };
    const many = { CNI_ARGS: "x".repeat(70_000) };
    const [silent, oversize, environment, foreign, good] = await Promise.all([
      say(encodeRequest(call()).subarray(0, 20), false),
      say(encodeRequest({ environment: {}, stdin: new Uint8Array(5 * 1024 * 1024) }), true),
      say(encodeRequest({ environment: many, stdin: new Uint8Array() }), true),
      say(Buffer.from("hello"), true),
      callRelay(socketPath, call(), bound()),
    ]);
    assert.deepEqual(good, answer);
    assert.deepEqual([silent.code, oversize.code, environment.code, foreign.code], [5, 5, 4, 5]);
    assert.match(silent.msg, /nothing of it came/);
    assert.match(oversize.msg, /longer than 4194304 bytes/);
  });

  it("answers code 199 for a defect behind it, in the caller's version", async (t) => {
    const { socketPath } = await serve(t, {
      handle: async () => {
        throw new TypeError("x is undefined");
      },
    });
    const got = await callRelay(socketPath, call('{"cniVersion":"0.4.0"}'), bound());
    assert.equal(got.exitCode, 1);
    const { code, cniVersion } = JSON.parse(got.stdout);
    assert.deepEqual({ code, cniVersion }, { code: 199, cniVersion: "0.4.0" });
  });

  it("lets calls in flight end when it closes, and takes no new ones", async (t) => {
    const started = latch();
    const finish = latch();
    let calls = 0;
    const { socketPath, server } = await serve(t, {
      handle: async () => {
        calls += 1;
        started.open();
        await finish.opened;
        return answer;
      },
    });
    const inFlight = callRelay(socketPath, call(), bound());
    await started.opened;
    const closing = server.close();
    // Refused by the kernel, or by the server while it still listens; taken by neither.
    const late = await callRelay(socketPath, call(), bound()).catch(() => undefined);
    if (late !== undefined) assert.equal(JSON.parse(late.stdout).code, 11);
    finish.open();
    assert.deepEqual(await inFlight, answer);
    await closing;
    assert.equal(calls, 1);
  });

  it("aborts calls that do not end in time when it closes, and waits no longer than it says", async (t) => {
    const started = latch();
    let signal: AbortSignal | undefined;
    const { socketPath, server } = await serve(t, {
      drainTimeoutMs: 50,
      handle: async (_request, given) => {
        signal = given;
        started.open();
        return new Promise(() => undefined);
      },
    });
    const lost = assert.rejects(callRelay(socketPath, call(), bound()), /cut short/);
    await started.opened;
    await server.close();
    assert.equal(signal?.aborted, true);
    await lost;
  });

  it("answers 500 callers at once", async (t) => {
    const { socketPath } = await serve(t);
    const calls = Array.from({ length: 500 }, () => callRelay(socketPath, call(), bound()));
    for (const got of await Promise.all(calls)) assert.deepEqual(got, answer);
  });
});
