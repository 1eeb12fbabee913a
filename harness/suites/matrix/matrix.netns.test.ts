/** The matrix over the real offload with one thing broken at a time: the right cell fails, and says where packets were lost. */
import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { after, before, test } from "node:test";
import { netnsBackend } from "../../backends/netns.ts";
import type { Node, World } from "../../core/backend.ts";
import { makeContext } from "../../core/check-context.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { managementInterface } from "../../install/offload-config.ts";
import { ipFacts } from "../ip-facts.ts";
import { type Field, openField, type Patience } from "./field.ts";
import { matrix } from "./matrix.ts";
import { planesAsked } from "./planes-asked.ts";

const shim = new URL("../../../impl/shim/offload-cni", import.meta.url);
const isBuilt = await access(shim).then(
  () => true,
  () => false,
);
const skip = !process.env["DNC_SCRATCH_NETNS"]
  ? "needs namespaces of its own: run it through npm test"
  : !isBuilt && "the shim is not built: npm start builds it";

const options = { pods: 2, nodes: 3, plugins: [], dataplane: "routed" };
const checks = matrix.create(options).checks();

let world: World | undefined;
let field: Field | undefined;

before(async () => {
  if (skip) return;
  const context = { signal: AbortSignal.timeout(120_000), progress: () => {} };
  world = await netnsBackend().up({ nodes: 3, vfs: 4 }, context);
  field = await openField({ ...context, world, seed: 1 }, planesAsked(options));
});

after(async () => {
  await field?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

async function outcomeOf(id: string, patience?: Patience): Promise<string> {
  const check = checks.find((one) => one.id === `routed/${id}`);
  assert.ok(check && field, `there is a check "${id}"`);
  const fixture = { ...field, ...(patience !== undefined && { patience }) };
  const notes = makeContext({ signal: AbortSignal.timeout(60_000), seed: 1 });
  try {
    await check.run(fixture, notes.context);
    return "passed";
  } catch (error) {
    if (error instanceof OutcomeSignal) return `${error.outcome.kind}: ${error.message}`;
    throw error;
  } finally {
    await notes.cleanUp();
  }
}

const ways = [
  ...["pod-to-podNear", "pod-to-podFar", "pod-to-host", "pod-to-hostNetwork", "host-to-podNear"],
  ...["hostNetwork-to-podFar", "pod-to-external", "external-to-podFar", "pod-to-nodeDns"],
].flatMap((way) => ["icmp", "tcp", "udp"].map((protocol) => `${way}-${protocol}`));
const translated = ["pod-to-serviceNear", "host-to-serviceFar", "pod-to-hostPort"].flatMap((way) =>
  ["tcp", "udp"].map((protocol) => `${way}-${protocol}`),
);

test("every direction works on a whole world, by each protocol and family", { skip }, async () => {
  const ids = [...ways, ...translated].flatMap((way) => [`${way}-ipv4`, `${way}-ipv6`]);
  const outcomes = await Promise.all(ids.map(async (id) => [id, await outcomeOf(id)] as const));
  assert.deepEqual(
    outcomes.filter(([, outcome]) => outcome !== "passed"),
    [],
  );
});

interface Breakage {
  readonly what: string;
  readonly cell: string;
  /** shell commands; $M4 and $M6 are the first node's management addresses, $REP4 is what leads to the first on its DPU */
  readonly at: "host" | "dpu" | "outside";
  readonly harm: string;
  readonly mend: string;
  readonly says: RegExp;
}

const breakages: readonly Breakage[] = [
  {
    what: "the management VF's route gone from the DPU",
    cell: "pod-to-host-tcp-ipv4",
    at: "dpu",
    harm: "ip route del $M4/32",
    mend: "ip route add $M4/32 dev $REP scope link",
    says: /the request was last seen arriving in node1\/dpu, and did not go on; there `ip route get 10\.244\.1\.\d+` says: .*[Nn]o route/,
  },
  {
    what: "the management VF's route gone, for the answers to the host",
    cell: "host-to-podFar-icmp-ipv6",
    at: "dpu",
    harm: "ip -6 route del $M6/128",
    mend: "ip -6 route add $M6/128 dev $REP",
    says: /the answer was last seen arriving in node1\/dpu/,
  },
  {
    what: "a filter on the host that drops what comes by the management VF",
    cell: "pod-to-host-udp-ipv6",
    at: "host",
    harm: "ip6tables -A INPUT -i offload0 -p udp -j DROP",
    mend: "ip6tables -D INPUT -i offload0 -p udp -j DROP",
    says: /the request was last seen taken in by node1\/host, and no answer left it/,
  },
  {
    what: "the rules of services gone",
    cell: "pod-to-serviceFar-udp-ipv4",
    at: "dpu",
    harm: "iptables-save -t nat >$TMPDIR/nat-$M4; iptables -t nat -F PREROUTING",
    mend: "iptables-restore $TMPDIR/nat-$M4; rm $TMPDIR/nat-$M4",
    says: /cannot reach service 10\.96\.0\.\d+ at 10\.96\.0\.\d+: .*; the request was last seen leaving node1\/dpu, and never arriving in node2\/dpu/,
  },
  {
    what: "the DNS address gone from the host",
    cell: "pod-to-nodeDns-udp-ipv4",
    at: "host",
    harm: "ip address del 169.254.20.10/32 dev lo",
    mend: "ip address add 169.254.20.10/32 dev lo",
    says: /the request was last seen arriving in node1\/host, and did not go on/,
  },
  {
    what: "the way back from outside gone",
    cell: "pod-to-external-tcp-ipv6",
    at: "outside",
    harm: "ip -6 route del fd00:10:244:1::/64",
    mend: "ip -6 route add fd00:10:244:1::/64 via 2001:db8:fab::1 src 2001:db8:ffff::10",
    says: /the request was last seen taken in by node3\/dpu, and no answer left it/,
  },
  {
    what: "the default route gone from a DPU",
    cell: "pod-to-external-icmp-ipv4",
    at: "dpu",
    harm: "ip route del default",
    mend: "ip route add default via 198.51.100.3",
    says: /203\.0\.113\.10: .*; the request was last seen arriving in node1\/dpu, and did not go on; there `ip route get 203\.0\.113\.10` says: /,
  },
];

for (const { what, cell, at, harm, mend, says } of breakages) {
  test(`${cell} names ${what}`, { skip }, async () => {
    const [node, , outside] = world?.nodes ?? [];
    assert.ok(node && outside);
    const place = { host: node.host, dpu: node.dpu, outside: outside.dpu }[at];
    const variables = await variablesOf(node);
    const shell = async (script: string) => {
      const ran = await place.exec(["sh", "-ec", `${variables}\n${script}`]);
      assert.equal(ran.exitCode, 0, ran.stderr);
    };
    await shell(harm);
    const outcome = await outcomeOf(cell, { tries: 1, timeoutMs: 800 });
    await shell(mend);
    assert.match(outcome, /^failed: /);
    assert.match(outcome, says);
  });
}

test("the management VF comes back with all its ways when the host lost it", { skip }, async () => {
  const [node] = world?.nodes ?? [];
  assert.ok(node);
  const before = await ipFacts(node.host);
  await node.host.exec(["ip", "link", "del", managementInterface]);
  const end = Date.now() + 20_000;
  for (let last = "not asked"; last !== "passed"; ) {
    assert.ok(Date.now() < end, last);
    last = await outcomeOf("host-to-podFar-tcp-ipv6");
  }
  const now = await ipFacts(node.host);
  const own = ({ links, routes }: typeof now) => [
    links.find(({ name }) => name === managementInterface)?.addresses,
    routes.filter(({ dev }) => dev === managementInterface),
  ];
  assert.deepEqual(own(now), own(before));
});

async function variablesOf(node: Node): Promise<string> {
  const { links } = await ipFacts(node.host);
  const addresses = links.find(({ name }) => name === managementInterface)?.addresses ?? [];
  const [m4, m6] = [".", ":"].map((mark) =>
    addresses.find((one) => one.includes(mark))?.replace(/\/.*/, ""),
  );
  const got = await node.dpu.exec(["ip", "-o", "route", "get", m4 ?? ""]);
  const representor = / dev (\S+)/.exec(got.stdout)?.[1] ?? "";
  return `M4=${m4} M6=${m6} REP=${representor} TMPDIR=${node.paths.run}`;
}
