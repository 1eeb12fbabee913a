/** The agent's configuration file: every key, its meaning, its default; an unknown key is an error. */
import { z } from "zod";
import { splitAddress } from "../wire/agent-probe.ts";
import { tlsShape } from "../wire/security.ts";
import { delegateShape } from "./dataplanes/delegate/delegate-config.ts";
import { routedShape } from "./dataplanes/routed-config.ts";
import { guardShape } from "./guard/guard-config.ts";
import { patternProblem } from "./representors.ts";

/** RFC 1123 subdomain, as Kubernetes asks of node names: it must fit a certificate's DNS name. */
export const nodeShape = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    "expected a node name: lower-case letters, digits, - and .",
  )
  .max(253);

const listenShape = z.string().superRefine((text, context) => {
  try {
    splitAddress(text);
  } catch {
    context.addIssue("expected HOST:PORT, such as 198.18.0.2:8000");
  }
});

const representorShape = z.string().superRefine((text, context) => {
  const problem = patternProblem(text);
  if (problem !== undefined) context.addIssue(`no pattern such as rep{pf}v{vf}: ${problem}`);
});

export const configShape = z.strictObject({
  /** the host this card sits in; the host's certificate must carry this name */
  node: nodeShape,
  /** HOST:PORT of the management link; port 0 takes a free one */
  listen: listenShape,
  /** port records; one agent per folder */
  stateDir: z.string().min(1),
  /** files of mutual TLS, relative to the configuration file */
  tls: tlsShape.optional(),
  /** in place of `tls`: plain text, for trials on a link nobody else can reach */
  insecure: z.boolean().optional(),
  /** hosts of the public reference offload, whose service CNIAction knows neither TLS nor generations */
  reference: z
    .strictObject({
      enabled: z.boolean(),
      /** HOST:PORT, another than `listen`; such hosts call port 8000 */
      listen: listenShape,
      /** IP addresses of those hosts: others are turned away */
      from: z.array(z.union([z.ipv4(), z.ipv6()])).min(1, "expected at least one address"),
      /** true: it is understood that nothing proves who calls */
      insecure: z.literal(true),
    })
    .optional(),
  /** name of the DPU netdev that faces VF {vf} of PF {pf} */
  representor: representorShape,
  /** addresses of the host that pods reach through its management VF, such as that of a DNS server on each node. The DPU
   *  says which, not the host: one that was taken over must not draw other traffic to itself. */
  hostAddresses: z.array(z.union([z.ipv4(), z.ipv6()])).default([]),
  /** what makes ports forward */
  dataplane: z.discriminatedUnion("kind", [routedShape, delegateShape]),
  /** what pods may send, enforced at their representors */
  guard: guardShape.prefault({}),
  log: z
    .strictObject({
      /** least level that is written */
      level: z.enum(["debug", "info", "warn", "error"]).default("info"),
    })
    .default({ level: "info" }),
});

export type AgentConfig = z.infer<typeof configShape>;
