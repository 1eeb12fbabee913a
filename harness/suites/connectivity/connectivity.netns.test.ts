/** Connectivity over the real offload with one thing broken at a time: the right check fails, and says which thing. */
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { World } from "../../core/backend.ts";
import type { Check } from "../../core/check.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { offloadInstaller } from "../../install/offload.ts";
import { connectivity } from "./connectivity.ts";
import { addressOf, type Member, type Population, populate } from "./population.ts";

const shim = new URL("../../../impl/shim/offload-cni", import.meta.url);
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

let world: World | undefined;
let population: Population | undefined;

before(async () => {
  if (skip) return;
  const context = { signal: AbortSignal.timeout(120_000), progress: () => {} };
  world = await netnsBackend().up({ nodes: 2, vfs: 4 }, context);
  const options = { installer: offloadInstaller, podsPerNode: 2, runtime: "double" as const };
  population = await populate({ ...context, world, seed: 1 }, options);
});

after(async () => {
  try {
    await population?.[Symbol.asyncDispose]();
  } finally {
    await world?.[Symbol.asyncDispose]();
  }
});

const suite = connectivity.create({ pods: 2, nodes: 2, plugins: [] });
const checks = suite.checks() as readonly Check<Population>[];

async function outcomeOf(id: string): Promise<string> {
  const check = checks.find((one) => one.id === id);
  assert.ok(check && population, `there is a check "${id}"`);
  const notes = makeContext({ signal: AbortSignal.timeout(30_000), seed: 1 });
  try {
    await check.run(population, notes.context);
    return "passed";
  } catch (error) {
    if (error instanceof OutcomeSignal) return `${error.outcome.kind}: ${error.message}`;
    throw error;
  } finally {
    await notes.cleanUp();
  }
}

interface Breakage {
  readonly what: string;
  readonly check: string;
  /** a shell command for this place, and the one that mends it; $A4, $A6 are the pod's addresses, $REP its representor */
  readonly at: "pod" | "dpu";
  readonly harm: string;
  readonly mend: string;
  readonly says: RegExp;
}

const breakages: readonly Breakage[] = [
  {
    what: "the route to a pod gone from its DPU",
    check: "reach-across-nodes-ipv4",
    at: "dpu",
    harm: "ip route del $A4 dev $REP",
    mend: "ip route add $A4 dev $REP",
    says: /route to 10\.244\.1\.\d+ missing in node1\/dpu/,
  },
  {
    what: "the route to the other node gone from a DPU",
    check: "reach-across-nodes-ipv6",
    at: "dpu",
    harm: "ip -6 route del fd00:10:244:2::/64",
    mend: "ip -6 route add fd00:10:244:2::/64 via 2001:db8:fab::2",
    says: /route to fd00:10:244:2::\w+ missing in node1\/dpu/,
  },
  {
    what: "an address gone from a pod",
    check: "reach-same-node-ipv4",
    at: "pod",
    harm: "ip address del $A4/32 dev eth0",
    mend: "ip address add $A4/32 dev eth0",
    says: /address 10\.244\.1\.\d+\/32 of the result missing in pod node1-a/,
  },
  {
    what: "another MAC in a pod",
    check: "interface-as-result",
    at: "pod",
    harm: "ip -br link show eth0 | awk '{print $3}' >/tmp/dnc-mac-$REP; ip link set eth0 address 02:00:00:00:00:99",
    mend: "ip link set eth0 address $(cat /tmp/dnc-mac-$REP); rm /tmp/dnc-mac-$REP",
    says: /MAC of eth0 in pod node1-a is 02:00:00:00:00:99, the result says/,
  },
  {
    what: "forwarding off on a DPU",
    check: "reach-same-node-ipv4",
    at: "dpu",
    harm: "sysctl -qw net.ipv4.conf.all.forwarding=0",
    mend: "sysctl -qw net.ipv4.conf.all.forwarding=1",
    says: /IPv4 forwarding is off in node1\/dpu/,
  },
];

test("every check passes on a whole world", { skip }, async () => {
  const outcomes: Record<string, string> = {};
  for (const { id } of checks) outcomes[id] = await outcomeOf(id);
  const unexpected = Object.entries(outcomes).filter(([, outcome]) => outcome !== "passed");
  assert.deepEqual(unexpected, []);
});

for (const { what, check, at, harm, mend, says } of breakages) {
  test(`${check} names ${what}`, { skip }, async () => {
    const member = population?.arrivals[0]?.member;
    assert.ok(member);
    const place = at === "pod" ? member.pod.place : member.node.dpu;
    const variables = await variablesOf(member);
    const shell = async (script: string) => {
      const ran = await place.exec(["sh", "-ec", `${variables}\n${script}`]);
      assert.equal(ran.exitCode, 0, ran.stderr);
    };
    await shell(harm);
    const outcome = await outcomeOf(check);
    await shell(mend);
    assert.match(outcome, /^failed: /);
    assert.match(outcome, says);
  });
}

async function variablesOf(member: Member): Promise<string> {
  const ipv4 = addressOf(member, 4);
  const got = await member.node.dpu.exec(["ip", "-o", "route", "get", ipv4 ?? ""]);
  const representor = / dev (\S+)/.exec(got.stdout)?.[1] ?? "";
  return `A4=${ipv4} A6=${addressOf(member, 6)} REP=${representor}`;
}
