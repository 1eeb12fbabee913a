/** The configuration of the `routed` dataplane. */
import { isIP } from "node:net";
import { z } from "zod";
import { familyOf } from "../../netlink/ip-address.ts";
import { type IpRange, overlaps, parseRange } from "../ip-range.ts";

const range = z.string().transform((text, context): IpRange => {
  try {
    return parseRange(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
    return z.NEVER;
  }
});

const podRange = range.refine(
  // Network, the DPU's own, one for a pod, and for IPv4 the broadcast address.
  ({ last, first }) => last - first >= 3n,
  "a range needs at least four addresses, a /30 or a /126",
);

const address = z.string().refine((text) => isIP(text) !== 0, "expected an IP address");

const peer = z
  .strictObject({
    /** pod ranges of that DPU */
    ranges: z.array(range).min(1),
    /** its addresses on the fabric, at most one per family */
    via: z.array(address).min(1),
  })
  .refine(
    ({ ranges, via }) => ranges.every(({ family }) => via.some((v) => familyOf(v) === family)),
    'each family of "ranges" needs an address of that family in "via"',
  );

export const routedShape = z
  .strictObject({
    kind: z.literal("routed"),
    /** DPU netdev towards the fabric */
    uplink: z.string().min(1).max(15),
    /** bytes, of pods and representors; default: the uplink's MTU */
    mtu: z.int().min(1280).max(65535).optional(),
    /** addresses of this node's pods, one or both families; the first host address of each is the DPU's own */
    ranges: z.array(podRange).min(1),
    /** the other DPUs of the fabric */
    peers: z.array(peer).default([]),
  })
  .superRefine(({ ranges, peers }, context) => {
    const own = ranges.map((one, i) => ({ one, path: ["ranges", i] }));
    const others = peers.flatMap((p, i) =>
      p.ranges.map((one, j) => ({ one, path: ["peers", i, "ranges", j] })),
    );
    const all = [...own, ...others];
    for (const [i, { one, path }] of all.entries()) {
      const other = all.slice(0, i).find((earlier) => overlaps(earlier.one, one));
      if (other === undefined) continue;
      const message = `${one.cidr} overlaps ${other.path.join(".")} ${other.one.cidr}`;
      context.addIssue({ code: "custom", path, message });
    }
  });

export type RoutedConfig = z.infer<typeof routedShape>;
