/**
 * Plays kube-proxy and the hostPort of a runtime on a plane's DPUs, with the rules these write: an address and port of a
 * service, or of a node, becomes those of a pod. On the DPU, since every packet of a pod and of the management VF passes
 * there in both directions; on the host a pod's answer would not come by, and nothing would translate it back.
 */
import type { Node } from "../../core/backend.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { type Addresses, type Peer, type Target, targetOf } from "./peers.ts";

export const servicePorts = { tcp: 80, udp: 53 } as const;
export const hostPorts = { tcp: 8080, udp: 8053 } as const;

/** A service of its own for each backend. @param number unique on the plane, 1 to 250 */
export function serviceFor(backend: Peer, number: number): Target {
  const addresses = { 4: `10.96.0.${number}`, 6: `fd00:10:96::${number.toString(16)}` };
  return { name: `service ${addresses[4]}`, addresses, ports: servicePorts, backend };
}

/** @param addresses of the node, as whoever asks for it knows them */
export function hostPortOf(backend: Peer, addresses: Addresses): Target {
  const name = `host port ${hostPorts.tcp} of ${backend.node?.name ?? "?"}`;
  return { name, addresses, ports: hostPorts, backend };
}

/** On `node`'s DPU; its netfilter sees bridged packets too where the kernel has that, as Kubernetes asks of nodes. */
export async function translate(node: Node, targets: readonly Target[]): Promise<void> {
  for (const family of [4, 6] as const) {
    const rules = targets.flatMap((target) => rulesOf(target, family));
    await restore(node, family, ["*nat", ...rules.map((rule) => `-A ${rule}`), "COMMIT", ""]);
  }
  await node.dpu.exec(["sh", "-c", bridged]);
}

const bridged = `cd /proc/sys/net/bridge 2>/dev/null || exit 0
for f in bridge-nf-call-iptables bridge-nf-call-ip6tables; do [ "$(cat $f)" = 1 ] || echo 1 >$f; done`;

/** Never throws: what is left is the leak oracle's to tell. */
export async function stopTranslating(node: Node): Promise<void> {
  for (const command of ["iptables", "ip6tables"]) {
    await node.dpu.exec([command, "-t", "nat", "-F", "PREROUTING"]);
  }
}

function rulesOf(target: Target, family: 4 | 6): readonly string[] {
  const own = target.addresses[family];
  const to = target.backend.addresses[family];
  if (own === undefined || to === undefined) return [];
  const backend = targetOf(target.backend);
  return (["tcp", "udp"] as const).map((protocol) => {
    const host = family === 4 ? to : `[${to}]`;
    const match = `-d ${own} -p ${protocol} -m ${protocol} --dport ${target.ports[protocol]}`;
    return `PREROUTING ${match} -j DNAT --to-destination ${host}:${backend.ports[protocol]}`;
  });
}

async function restore(node: Node, family: 4 | 6, lines: readonly string[]): Promise<void> {
  const command = family === 4 ? "iptables-restore" : "ip6tables-restore";
  const ran = await node.dpu.exec([command, "--noflush"], { stdin: lines.join("\n") });
  if (ran.exitCode === 0) return;
  const message = `Cannot translate service addresses in ${node.dpu.name} by ${command}: ${ran.stderr.trim()}`;
  throw new OutcomeSignal({ kind: "blocked", message });
}
