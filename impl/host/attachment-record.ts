/** Reads an attachment record back from disk: refuses everything that is not of the shape and format written. */
import { z } from "zod";
import { parseShape } from "../base/shape.ts";
import type { Attachment } from "./attachment.ts";

const text = z.string();
const whole = z.int().nonnegative();

const dns = z.object({
  nameservers: z.array(text).exactOptional(),
  domain: text.exactOptional(),
  search: z.array(text).exactOptional(),
  options: z.array(text).exactOptional(),
});

const port = z.object({
  addresses: z.array(z.object({ address: text, gateway: text.exactOptional() })),
  routes: z.array(z.object({ dst: text, gw: text.exactOptional(), mtu: whole.exactOptional() })),
  mtu: whole,
  mac: text,
  dns,
});

const pf = z.object({
  address: text,
  vlan: z.object({ id: whole, qos: whole, protocol: z.enum(["802.1q", "802.1ad"]) }),
  rate: z.object({ min: whole, max: whole }),
  spoofCheck: z.boolean().exactOptional(),
  linkState: z.enum(["auto", "enable", "disable"]).exactOptional(),
  trust: z.boolean().exactOptional(),
});

const pristine = z.object({
  name: text.min(1),
  address: text,
  mtu: whole,
  up: z.boolean(),
  promisc: z.boolean(),
  allmulticast: z.boolean(),
  txQueueLen: whole,
  alias: text,
  altNames: z.array(text),
  // Records of earlier builds lack these: what no pod had changed then.
  multicast: z.boolean().default(true),
  arp: z.boolean().default(true),
  group: whole.default(0),
  xdp: text.default(""),
  gsoMaxSize: whole.exactOptional(),
  gsoMaxSegs: whole.exactOptional(),
  groMaxSize: whole.exactOptional(),
  features: text.exactOptional(),
  sysctls: z.record(text, text).exactOptional(),
  pf: pf.exactOptional(),
});

const attachment = z.object({
  format: z.literal(1),
  key: z.object({ network: text.min(1), containerId: text.min(1), ifname: text.min(1) }),
  phase: z.enum(["adding", "ready", "deleting", "tombstone"]),
  generation: whole,
  pod: z.object({ namespace: text, name: text, uid: text }),
  vf: z.object({ pciAddress: text.min(1), pf: whole, index: whole, pristine }),
  mac: text.exactOptional(),
  netns: text,
  networkConfig: text,
  port: port.exactOptional(),
  since: text,
});

/** Throws an Error whose message says what is wrong. */
export function parseAttachment(value: unknown): Attachment {
  const parsed = parseShape<Attachment>(attachment, value);
  if (!parsed.ok) throw new Error(parsed.reason);
  if (parsed.value.phase === "ready" && parsed.value.port === undefined) {
    throw new Error("port: expected an object, it is missing");
  }
  return parsed.value;
}
