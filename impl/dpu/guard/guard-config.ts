/** The configuration of the guard: what it keeps of the hosts' pods away from everybody else. */
import { z } from "zod";

const limit = z.strictObject({
  /** of what a pod sends */
  mbitPerSecond: z.int().min(1).max(400_000),
  /** what it may send at once after silence; at least the largest segment that a kernel leaves whole */
  burstKbyte: z.int().min(64).max(65_536).default(256),
});

export type LimitConfig = z.infer<typeof limit>;

export const guardShape = z.strictObject({
  /** false: a pod, or who holds its host, can send in anybody's name */
  antiSpoofing: z.boolean().default(true),
  /** link-local addresses of a pod: the one that is made of its MAC, or whichever it chooses (RFC 7217) */
  linkLocal: z.enum(["mac", "any"]).default("mac"),
  /** of each VF; none: as fast as it goes */
  limit: limit.optional(),
  /** of single VFs, by the name of the representor, in place of `limit` */
  limits: z.record(z.string(), limit).default({}),
});

export type GuardConfig = z.infer<typeof guardShape>;
