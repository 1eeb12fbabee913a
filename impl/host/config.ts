/** The daemon's configuration file: every key there is, its default, and what it must be. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { loadConfig } from "../base/config-file.ts";
import { networkOf, parsePrefix, printPrefix } from "../netlink/ip-address.ts";
import { pciAddressPattern } from "../vf/discover.ts";
import { isLinkName } from "../vf/netdev.ts";
import { loadSecurity, type Security, tlsShape } from "../wire/security.ts";

const path = z.string().startsWith("/", "expected an absolute path");

/** CIDR, printed as the kernel does */
const range = z.string().transform((text, context) => {
  const prefix = parsePrefix(text);
  if (prefix !== undefined && prefix.length > 0) return printPrefix(networkOf(prefix));
  context.addIssue('expected a range such as "10.244.0.0/16", not a default route');
  return z.NEVER;
});

const pciAddress = z
  .string()
  .regex(pciAddressPattern, 'expected a PCI address such as "0000:03:00.0"');

const configShape = z.strictObject({
  /** this node's name; must equal the identity in the agent's certificate */
  node: z.string().min(1, "expected a name"),
  /** unix socket that the CNI executable connects to; made with mode 0600 */
  socket: path.default("/run/cni-offload/host.sock"),
  /** one small file per attachment; must survive a restart of the daemon */
  stateDir: path.default("/var/lib/cni-offload/host"),
  /** where the kernel (or an emulated card) shows its PCI devices */
  sysfsRoot: path.default("/sys"),
  vfs: z.strictObject({
    /** PCI addresses of the physical functions whose VFs form the pool; their order numbers them for the DPU */
    pfs: z
      .array(pciAddress)
      .min(1, "expected at least one PF")
      .refine((pfs) => new Set(pfs).size === pfs.length, "expected each PF once"),
    /** at start each free VF sends a frame, and is only used when it comes in at its own representor */
    prove: z.boolean().default(true),
  }),
  agent: z
    .strictObject({
      /** host:port of cni-offload-agent on the card */
      address: z
        .string()
        .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):[0-9]{1,5}$/, "expected host:port"),
      /** certificate files, relative to this file */
      tls: tlsShape.optional(),
      /** true: plain text and no proof who answers; only instead of `tls` */
      insecure: z.boolean().optional(),
      /** true: an agent that does not know offload.v1 is driven by the public reference's CNIAction; only with `insecure` */
      reference: z.boolean().optional(),
    })
    .refine(({ reference, tls }) => reference !== true || tls === undefined, {
      path: ["reference"],
      error: "expected it without tls: agents of the public reference speak plain text only",
    }),
  /** one VF that stays on the host, by which its processes and the pods reach each other; without the key there is none */
  management: z
    .strictObject({
      /** what it is called there */
      interface: z.string().refine(isLinkName, "expected a name of at most 15 bytes"),
      /** what the host reaches through it: the pod ranges, and service ranges, of the cluster */
      routes: z.array(range).min(1, "expected at least one range"),
      /** PCI address of the VF; default: any free one */
      vf: pciAddress.exactOptional(),
    })
    .exactOptional(),
  status: z
    .strictObject({
      /** STATUS fails while no VF is free. Under Kubernetes that makes a node which is merely full NotReady. */
      exhaustedIsUnavailable: z.boolean().default(false),
      /** STATUS fails while the management interface is not ready: no pods where the host's probes cannot reach them */
      managementIsRequired: z.boolean().default(false),
    })
    .prefault({}),
  log: z
    .strictObject({
      /** debug, info, warn or error */
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
    })
    .prefault({}),
});

export type HostConfig = z.infer<typeof configShape> & { readonly security: Security };

/** Without the certificates: enough to find the daemon's socket. Throws ConfigError. */
export function readHostConfig(file: string): Promise<z.infer<typeof configShape>> {
  return loadConfig(file, configShape);
}

/** Throws ConfigError or SecurityError: one line each. */
export async function loadHostConfig(file: string): Promise<HostConfig> {
  const config = await readHostConfig(file);
  const security = await loadSecurity(config.agent, {
    directory: dirname(resolve(file)),
    as: { node: config.node, role: "host" },
  });
  return { ...config, security };
}
