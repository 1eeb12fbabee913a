/**
 * The world outside: a machine on the fabric with addresses of other networks, played by the card of a node that nothing is
 * installed on. It knows the ways to the pods, as a routed fabric does; the DPUs have their default route to it.
 */
import type { Node } from "../../core/backend.ts";
import { bare, podRanges } from "../../install/dataplanes/routed.ts";
import { Workload } from "../../workload/client.ts";
import type { Closing } from "../closing.ts";
import type { Peer } from "./peers.ts";

/** for documentation: RFC 5737, RFC 3849 */
const addresses = { 4: "203.0.113.10", 6: "2001:db8:ffff::10" } as const;

export async function openOutside(
  node: Node,
  dpus: readonly Node[],
  closing: Closing,
): Promise<Peer> {
  const { dpu } = node;
  const own = [`${addresses[4]}/32`, `${addresses[6]}/128`];
  closing.defer(async () => {
    for (const address of own) await dpu.exec(["ip", "address", "del", address, "dev", "lo"]);
  });
  await run(node, ["ip", "link", "set", "lo", "up"]);
  for (const address of own) await run(node, ["ip", "address", "add", address, "dev", "lo"]);
  for (const other of dpus) await connect(node, other, closing);
  const workload = closing.use(await Workload.start(dpu, "workload-outside", own.map(bare)));
  return { name: "the machine outside", place: dpu, workload, addresses };
}

/** Both ways. */
async function connect(outside: Node, node: Node, closing: Closing): Promise<void> {
  const [ours, theirs] = [outside.card.fabric, node.card.fabric];
  const [ipv4 = "", ipv6 = ""] = podRanges(node);
  const { uplink } = outside.card;
  const [from4, from6] = [
    ["src", addresses[4]],
    ["src", addresses[6]],
  ] as const;
  const ways = [
    [outside, ["ip", "route", "replace", ipv4, "via", bare(theirs.ipv4), ...from4]],
    [outside, ["ip", "-6", "route", "replace", ipv6, "via", bare(theirs.ipv6), ...from6]],
    [outside, ["ip", "route", "replace", bare(theirs.ipv4), "dev", uplink, ...from4]],
    [outside, ["ip", "-6", "route", "replace", bare(theirs.ipv6), "dev", uplink, ...from6]],
    [node, ["ip", "route", "replace", "default", "via", bare(ours.ipv4)]],
    [node, ["ip", "-6", "route", "replace", "default", "via", bare(ours.ipv6)]],
  ] as const;
  for (const [at, argv] of ways) {
    closing.defer(() => at.dpu.exec(argv.map((word) => (word === "replace" ? "del" : word))));
    await run(at, argv);
  }
}

async function run({ dpu }: Node, argv: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await dpu.exec(argv);
  if (exitCode === 0) return;
  throw new Error(`Cannot run "${argv.join(" ")}" in ${dpu.name}: ${stderr.trim()}`);
}
