/** Who may talk to whom: every wrong peer is refused, and each side's log says who, what, and what to do. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { createLog } from "../base/log.ts";
import type { NewPort } from "../wire/agent.ts";
import type { Security } from "../wire/security.ts";
import { eventually, type ServedAgent, WirePair } from "./wire-pair.ts";

const insecure = { kind: "insecure" } as const;
const newPort: NewPort = {
  key: { network: "net", containerId: "c1", ifname: "eth0" },
  generation: 1,
  vf: { pf: 0, index: 0, mac: "02:00:00:00:00:01", pciAddress: "0000:03:00.1" },
  pod: { namespace: "default", name: "web", uid: "" },
  networkConfig: "{}",
};

interface Side {
  readonly plain?: true;
  readonly node?: string;
  readonly role?: "agent" | "host";
  readonly stranger?: true;
  readonly expiresInMs?: number;
  readonly startsInMs?: number;
}

interface Wrong {
  readonly what: string;
  readonly agent?: Side;
  readonly host?: Side;
  /** in the host's log and in the error of its calls */
  readonly hostSays: RegExp;
  /** `reason` in the agent's log, and what its other fields say */
  readonly agentSays: RegExp;
  readonly presented?: RegExp;
  readonly expected?: RegExp;
}

const hour = 3_600_000;
const unaccepted = /^the peer hung up in or after the TLS handshake$/;
const clientOf1 = /^a client certificate for "node1" signed by the CA in ".*ca.crt"$/;

const wrongs: readonly Wrong[] = [
  {
    what: "an agent signed by another CA",
    agent: { stranger: true },
    hostSays:
      /^the agent's certificate \(for "node1"\) is not signed by the CA in ".*ca.crt" \(.*\); give/,
    agentSays: unaccepted,
  },
  {
    what: "an agent of another node",
    agent: { node: "node2" },
    hostSays: /^the agent's certificate is for "node2", expected "node1"; give/,
    agentSays: unaccepted,
  },
  {
    what: "an agent whose certificate has expired",
    agent: { expiresInMs: -60_000 },
    hostSays: /^the agent's certificate \(for "node1"\) expired on .*20\d\d.*; replace it/,
    agentSays: unaccepted,
  },
  {
    what: "an agent whose certificate is not valid yet",
    agent: { startsInMs: hour },
    hostSays: /^the agent's certificate \(for "node1"\) is valid only from .*; set the clocks/,
    agentSays: unaccepted,
  },
  {
    what: "a host's certificate used by the agent",
    agent: { role: "host" },
    hostSays: /^the agent's certificate \(for "node1"\) is not made for a server; give/,
    agentSays: unaccepted,
  },
  {
    what: "a host signed by another CA",
    host: { stranger: true },
    hostSays:
      /^the agent refused the host's certificate ".*\.crt" \(for "node1", issued by "CN=test CA"\): .*not signed by a CA this agent knows/,
    agentSays: /^the host's certificate \(for "node1"\) is not signed by a CA this agent knows/,
    presented: /^certificate for "node1", issued by "CN=test CA", valid from /,
    expected: clientOf1,
  },
  {
    what: "a host of another node",
    host: { node: "node2" },
    hostSays:
      /^the agent refused the host's certificate .*: the host's certificate is for "node2", this DPU serves "node1"$/,
    agentSays: /^the host's certificate is for "node2", this DPU serves "node1"$/,
    presented: /^certificate for "node2"/,
    expected: clientOf1,
  },
  {
    what: "a host whose certificate has expired",
    host: { expiresInMs: -60_000 },
    hostSays: /^the agent refused the host's certificate .*: .*expired on .*20\d\d/,
    agentSays: /^the host's certificate \(for "node1"\) expired on .*20\d\d/,
    expected: clientOf1,
  },
  {
    what: "a host whose certificate is not valid yet",
    host: { startsInMs: hour },
    hostSays: /^the agent refused the host's certificate .*: .*valid only from .*20\d\d/,
    agentSays: /^the host's certificate \(for "node1"\) is valid only from .*20\d\d/,
    expected: clientOf1,
  },
  {
    what: "an agent's certificate used by a host",
    host: { role: "agent" },
    hostSays: /^the agent refused the host's certificate .*: .*not made for a client/,
    agentSays:
      /^the host's certificate \(for "node1"\) is not made for a client; is it an agent's\?$/,
    expected: clientOf1,
  },
  {
    what: "a host in plain text at an agent with TLS",
    host: { plain: true },
    hostSays: /TLS, this host is set to insecure/,
    agentSays: /^the peer speaks plain text, this agent wants TLS$/,
    presented: /^no TLS$/,
    expected: clientOf1,
  },
  {
    what: "a host with TLS at an agent in plain text",
    agent: { plain: true },
    hostSays: /does not speak TLS; it may be set to insecure/,
    agentSays: /^the peer wants TLS, this agent is set to insecure$/,
    presented: /^a TLS handshake$/,
  },
];

async function securityOf(pair: WirePair, role: "agent" | "host", side: Side): Promise<Security> {
  if (side.plain) return insecure;
  const ca = await authorityOf(pair);
  return pair.security(side.stranger ? await pair.authority() : ca, {
    ...{ role, node: "node1", trusts: ca },
    ...side,
  });
}

const authorities = new WeakMap<WirePair, ReturnType<WirePair["authority"]>>();
function authorityOf(pair: WirePair) {
  const known = authorities.get(pair) ?? pair.authority();
  authorities.set(pair, known);
  return known;
}

function refusalsOf({ lines }: ServedAgent) {
  return lines.filter(({ message }) => message === "peer refused");
}

for (const wrong of wrongs) {
  test(`${wrong.what} is refused, and both sides log why`, async () => {
    await using pair = await WirePair.create();
    const served = await pair.serve({
      security: await securityOf(pair, "agent", wrong.agent ?? {}),
    });
    const { address } = served.server;
    const hostLines: Record<string, unknown>[] = [];
    const log = createLog({ component: "host", write: (line) => hostLines.push(JSON.parse(line)) });
    const security = await securityOf(pair, "host", wrong.host ?? {});
    const agent = pair.connect({ address, security, log });

    await assert.rejects(agent.addPort(newPort, new AbortController().signal), (error) => {
      assert.ok(error instanceof Error && "code" in error);
      const start = `Cannot reach the DPU agent "${address}": `;
      assert.ok(error.message.startsWith(start), error.message);
      assert.match(error.message.slice(start.length), wrong.hostSays);
      assert.equal(error.code, 11);
      return true;
    });
    assert.equal(agent.health().state, "unavailable");
    const line = hostLines.find(({ message }) => message === "no connection to the DPU agent");
    assert.equal(line?.["address"], address);
    assert.match(String(line?.["reason"]), wrong.hostSays);

    await eventually("the agent's log", () => refusalsOf(served).length > 0);
    const [refusal = {}] = refusalsOf(served);
    assert.match(String(refusal["reason"]), wrong.agentSays);
    assert.equal(refusal["peer"], "127.0.0.1");
    assert.equal(refusal["listen"], "127.0.0.1:0");
    assert.match(String(refusal["presented"]), wrong.presented ?? /./);
    assert.match(String(refusal["expected"]), wrong.expected ?? /./);
    assert.match(String(refusal["remedy"]), /./);
    assert.deepEqual(served.dataplane.calls, []);
  });
}

test("a host that tries again and again fills no log", async () => {
  await using pair = await WirePair.create();
  const served = await pair.serve({ security: await securityOf(pair, "agent", {}) });
  const security = await securityOf(pair, "host", { node: "node2" });
  const agent = pair.connect({ address: served.server.address, security });
  for (let n = 0; n < 20; n += 1) {
    const port = Number(served.server.address.split(":")[1]);
    await new Promise((resolve) =>
      connect(port, "127.0.0.1")
        .end("GET / HTTP/1.1\r\n\r\n")
        .on("close", resolve)
        .on("error", () => {}),
    );
  }
  await eventually("the refusal of the host", () =>
    refusalsOf(served).some(({ reason }) => /node2/.test(String(reason))),
  );
  await agent.close();
  assert.equal(refusalsOf(served).length, 2);
});
