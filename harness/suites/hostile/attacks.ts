/** What a hostile host sends: each attack is frames that are somebody else's, or that nobody may send. */
import { arp, broadcast, discovery, tagged, types, udp } from "./frames.ts";
import type { Party, Stage } from "./stage.ts";

export interface Attack {
  readonly id: string;
  readonly title: string;
  /** one frame for each mark that it asks for */
  frames(stage: Stage, mark: () => Buffer): readonly AttackFrame[];
  /** addresses that the DPU could take the attacker for afterwards */
  claims?(stage: Stage): readonly string[];
}

export interface AttackFrame {
  readonly what: string;
  readonly frame: Buffer;
  readonly mark: Buffer;
}

/** of nobody */
const strange = {
  mac: "02:66:66:66:66:66",
  ipv4: "203.0.113.66",
  ipv6: "2001:db8:66::66",
} as const;
/** unused ones of the pods' own ranges: what is answered for them shows */
const unused = { ipv4: "10.244.1.251", ipv6: "fd00:10:244:1::fb" } as const;
const routers = { ipv4: "169.254.1.1", ipv6: "fe80::1" } as const;

export const attacks: readonly Attack[] = [
  {
    id: "changed-mac",
    title: "frames from another MAC than the port's go no further",
    frames: (stage, mark) =>
      [strange.mac, stage.victim.mac].flatMap((src) =>
        datagrams(stage, mark, { src, from: [stage.attacker.ipv4, stage.attacker.ipv6] }),
      ),
  },
  {
    id: "spoofed-ipv4",
    title: "IPv4 packets from addresses that are not the pod's go no further",
    frames: (stage, mark) =>
      datagrams(stage, mark, {
        src: stage.attacker.mac,
        from: [strange.ipv4, unused.ipv4, farOf(stage, 4)],
      }),
  },
  {
    id: "spoofed-ipv6",
    title: "IPv6 packets from addresses that are not the pod's go no further",
    frames: (stage, mark) =>
      datagrams(stage, mark, {
        src: stage.attacker.mac,
        from: [strange.ipv6, unused.ipv6, farOf(stage, 6)],
      }),
  },
  {
    id: "spoofed-arp",
    title: "ARP in the name of another is neither passed on nor believed",
    frames: ({ attacker, victim }, mark) =>
      [unused.ipv4, victim.ipv4, routers.ipv4].flatMap((sender) =>
        (["request", "reply"] as const).flatMap((operation) =>
          [routers.ipv4, victim.ipv4, gatewayOf(attacker.ipv4)].map((target) => {
            const own = mark();
            const link = { src: attacker.mac, dst: broadcast };
            const frame = arp(link, operation, { sender, target, mark: own });
            return { what: `an ARP ${operation} from ${sender}`, frame, mark: own };
          }),
        ),
      ),
    claims: ({ victim }) => [unused.ipv4, victim.ipv4, routers.ipv4],
  },
  {
    id: "spoofed-nd",
    title: "neighbour discovery in the name of another is neither passed on nor believed",
    frames: ({ attacker, victim }, mark) => {
      const link = { src: attacker.mac, dst: "33:33:00:00:00:01" };
      return [
        ...[unused.ipv6, victim.ipv6, routers.ipv6].flatMap((target) => [
          { kind: "advertisement" as const, src: attacker.ipv6, target },
          { kind: "advertisement" as const, src: target, target },
          { kind: "solicitation" as const, src: target, target: victim.ipv6 },
        ]),
        { kind: "router" as const, src: "fe80::66", target: "::" },
        { kind: "router" as const, src: attacker.ipv6, target: "::" },
      ].map(({ kind, src, target }) => {
        const own = mark();
        const frame = discovery(link, kind, { src, target, mark: own });
        return { what: `a ${kind} from ${src} for ${target}`, frame, mark: own };
      });
    },
    claims: ({ victim }) => [unused.ipv6, victim.ipv6],
  },
  {
    id: "vlan-tags",
    title: "frames with a VLAN tag go no further, whatever is in them",
    frames: (stage, mark) =>
      [types.vlan, types.service].flatMap((type) =>
        // 0 is a priority without a VLAN, which stacks take for untagged.
        [0, 7].flatMap((id) =>
          datagrams(stage, mark, { src: stage.attacker.mac, from: [stage.attacker.ipv4] }).map(
            (one) => ({
              ...one,
              what: `${one.what} with the tag ${type.toString(16)}/${id}`,
              frame: tagged(one.frame, type, id),
            }),
          ),
        ),
      ),
  },
];

/** To the victim from each of `from`, by every way there is. */
export function datagrams(
  { victim, doors }: Stage,
  mark: () => Buffer,
  {
    src,
    from,
    to = victim,
  }: { readonly src: string; readonly from: readonly string[]; readonly to?: Party },
): readonly AttackFrame[] {
  return from.flatMap((source) =>
    doors.map((dst) => {
      const own = mark();
      const target = source.includes(":") ? to.ipv6 : to.ipv4;
      const frame = udp({ src, dst }, [source, target], own);
      return { what: `a datagram from ${source} by MAC ${src}`, frame, mark: own };
    }),
  );
}

/** A living pod's address: of another node, since the victim's own would not be passed on to the victim. */
function farOf({ population, victim }: Stage, family: 4 | 6): string {
  const other = population.arrivals.find(
    ({ member }) => member && member.node !== victim.member.node,
  );
  const ips = (other?.member?.result?.ips ?? []).map(({ address }) => address.split("/")[0] ?? "");
  const wanted = ips.find((one) => one.includes(":") === (family === 6));
  return wanted ?? (family === 4 ? strange.ipv4 : strange.ipv6);
}

/** where plugins usually put it */
function gatewayOf(ipv4: string): string {
  return ipv4.replace(/\.\d+$/, ".1");
}
