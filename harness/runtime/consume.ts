/** What runtimes make of the result of ADD: the addresses in the pod's status, a refusal, or a crash of the runtime. */
import { z } from "zod";
import { canonicalAddress, parseCidr } from "../spec/cidr.ts";
import { compareVersions } from "../spec/version.ts";

export type Consumed =
  | {
      readonly kind: "pod";
      /** at most one of each family, IPv4 first, as the kubelet shows them */
      readonly ips: readonly string[];
      /** what the runtime keeps of each interface, by name */
      readonly interfaces: Readonly<Record<string, ConsumedInterface>>;
    }
  | { readonly kind: "refused"; readonly msg: string }
  /** an index that the runtime does not check: the whole runtime goes down */
  | { readonly kind: "panic"; readonly msg: string };

export interface ConsumedInterface {
  readonly mac: string;
  readonly sandbox: string;
  readonly ips: readonly string[];
}

const cidr = z.string().refine((value) => parseCidr(value) !== undefined, "invalid CIDR address");
/** as Go's types decode it: keys of other types are errors, missing ones are zero */
const decoded = z.looseObject({
  interfaces: z
    .array(
      z.looseObject({
        name: z.string().default(""),
        mac: z.string().default(""),
        sandbox: z.string().default(""),
      }),
    )
    .nullish(),
  ips: z.array(z.looseObject({ address: cidr, interface: z.int().nullish() })).nullish(),
  ip4: z.looseObject({ ip: cidr }).nullish(),
  ip6: z.looseObject({ ip: cidr }).nullish(),
});

type Decoded =
  | { readonly ok: true; readonly interfaces: readonly Named[]; readonly ips: readonly Placed[] }
  | { readonly ok: false; readonly refused: Consumed };
type Named = { readonly name: string; readonly mac: string; readonly sandbox: string };
type Placed = { readonly address: string; readonly index: number | undefined };

const defaultInterface = "eth0";

/** go-cni: interfaces in a map by name, addresses must land on eth0, the bound of an index is off by one. */
export function consumeByGoCni(result: unknown, version: string): Consumed {
  const read = decode(result, version);
  if (!read.ok) return read.refused;
  const map = new Map<string, ConsumedInterface>([
    [defaultInterface, { mac: "", sandbox: "", ips: [] }],
  ]);
  for (const { name, mac, sandbox } of read.interfaces) map.set(name, { mac, sandbox, ips: [] });
  for (const { address, index } of read.ips) {
    if (index !== undefined && index > read.interfaces.length) {
      return refused(`invalid interface config: interface index ${index} out of bounds`);
    }
    const name = index === undefined ? defaultInterface : read.interfaces[index]?.name;
    const entry = name === undefined ? undefined : map.get(name);
    if (name === undefined || entry === undefined) {
      const length = read.interfaces.length;
      return { kind: "panic", msg: `index out of range [${index}] with length ${length}` };
    }
    map.set(name, { ...entry, ips: [...entry.ips, address] });
  }
  const found = map.get(defaultInterface)?.ips ?? [];
  if (found.length === 0) return refused("failed to find network info for sandbox");
  return { kind: "pod", ips: onePerFamily(found), interfaces: Object.fromEntries(map) };
}

/** CRI-O: every address of the result, wherever it points; a pod without any runs without a network. */
export function consumeEveryAddress(result: unknown, version: string): Consumed {
  const read = decode(result, version);
  if (!read.ok) return read.refused;
  return { kind: "pod", ips: onePerFamily(addressesOf(read.ips)), interfaces: byName(read) };
}

/** The text: addresses of interfaces in the container, or without an interface. */
export function consumeByText(result: unknown, version: string): Consumed {
  const read = decode(result, version);
  if (!read.ok) return read.refused;
  const own = read.ips.filter(({ index }) => {
    if (index === undefined) return true;
    const entry = read.interfaces[index];
    return entry !== undefined && entry.sandbox !== "";
  });
  return { kind: "pod", ips: onePerFamily(addressesOf(own)), interfaces: byName(read) };
}

function decode(result: unknown, version: string): Decoded {
  const parsed = decoded.safeParse(result);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.join(".") ?? "";
    return { ok: false, refused: refused(`invalid result: ${where}: ${issue?.message ?? ""}`) };
  }
  const { interfaces, ips, ip4, ip6 } = parsed.data;
  if (compareVersions(version, "0.3.0") < 0) {
    const old = [ip4, ip6].flatMap((entry) => (entry ? [entry.ip] : []));
    return {
      ok: true,
      interfaces: [],
      ips: old.map((address) => ({ address, index: undefined })),
    };
  }
  return {
    ok: true,
    interfaces: interfaces ?? [],
    ips: (ips ?? []).map((one) => ({ address: one.address, index: one.interface ?? undefined })),
  };
}

function refused(msg: string): Consumed {
  return { kind: "refused", msg };
}

function addressesOf(ips: readonly Placed[]): readonly string[] {
  return ips.map(({ address }) => address);
}

function byName({ interfaces, ips }: Extract<Decoded, { ok: true }>) {
  return Object.fromEntries(
    interfaces.map(({ name, mac, sandbox }, i) => [
      name,
      { mac, sandbox, ips: addressesOf(ips.filter(({ index }) => index === i)) },
    ]),
  );
}

/** The kubelet keeps the first of each family. */
function onePerFamily(addresses: readonly string[]): readonly string[] {
  const parsed = addresses.flatMap((address) => parseCidr(address) ?? []);
  const first = (family: 4 | 6) => parsed.find((one) => one.family === family);
  return [first(4), first(6)].flatMap((one) => (one ? [canonicalAddress(one.address)] : []));
}
