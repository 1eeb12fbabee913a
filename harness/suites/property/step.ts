/** One step of a generated sequence, as plain data: printed, shrunk, saved as a fixture and done again from there. */
import fc from "fast-check";
import { z } from "zod";
import { damages } from "../../core/faults.ts";

/** The attachments that steps are about; two of one pod. There are more than VFs. */
export const slots = [
  { pod: "a", ifname: "eth0" },
  { pod: "b", ifname: "eth0" },
  { pod: "c", ifname: "eth0" },
  { pod: "d", ifname: "eth0" },
  { pod: "a", ifname: "net1" },
] as const;
export const pods = [...new Set(slots.map(({ pod }) => pod))];
export const vfsPerNode = 3;

const slot = z
  .number()
  .int()
  .min(0)
  .max(slots.length - 1);
const who = z.enum(["daemon", "agent"]);
/** a caller that does not wait kills its shim after moments */
const waits = z.boolean();

const call = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("add"), slot, waits }),
  z.strictObject({ kind: z.literal("del"), slot, waits }),
  z.strictObject({ kind: z.literal("check"), slot, waits }),
]);
export type CallStep = z.infer<typeof call>;

const fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("kill"), who }),
  z.strictObject({ kind: z.literal("freeze"), who }),
  z.strictObject({ kind: z.literal("cut"), direction: z.enum(["both", "toHost", "toDpu"]) }),
]);

export const step = z.discriminatedUnion("kind", [
  ...call.options,
  ...fault.options,
  z.strictObject({ kind: z.literal("status") }),
  z.strictObject({ kind: z.literal("gc") }),
  z.strictObject({ kind: z.literal("start"), who }),
  /** killed and started */
  z.strictObject({ kind: z.literal("restart"), who }),
  z.strictObject({ kind: z.literal("thaw"), who }),
  z.strictObject({ kind: z.literal("slow") }),
  z.strictObject({ kind: z.literal("heal") }),
  /** the pod's namespace dies without a DEL */
  z.strictObject({ kind: z.literal("podDies"), pod: z.enum(["a", "b", "c", "d"]) }),
  z.strictObject({ kind: z.literal("rebootHost"), renumbers: z.boolean() }),
  z.strictObject({ kind: z.literal("rebootDpu"), state: z.enum(["kept", "lost"]) }),
  z.strictObject({
    kind: z.literal("damage"),
    side: z.enum(["host", "dpu"]),
    /** of the files there are, counted round */
    file: z.number().int().nonnegative(),
    damage: z.enum(damages),
  }),
  /** all at once, one per slot; in the middle of it something may go wrong */
  z.strictObject({
    kind: z.literal("burst"),
    calls: z.array(call),
    fault: fault.optional(),
    after: z.number(),
  }),
  /** everything is mended, and then everything is looked at */
  z.strictObject({ kind: z.literal("rest") }),
]);
export type Step = z.infer<typeof step>;
export type FaultStep = z.infer<typeof fault>;

const anySlot = fc.nat(slots.length - 1);
const anyWho = fc.constantFrom("daemon" as const, "agent" as const);
const mostlyWaits = fc.integer({ min: 0, max: 7 }).map((n) => n !== 7);

function calls(): fc.Arbitrary<CallStep> {
  return fc.oneof(
    { weight: 5, arbitrary: callOf("add") },
    { weight: 4, arbitrary: callOf("del") },
    { weight: 1, arbitrary: callOf("check") },
  );
}

function callOf(kind: CallStep["kind"]): fc.Arbitrary<CallStep> {
  return fc.record({ kind: fc.constant(kind), slot: anySlot, waits: mostlyWaits });
}

const faults: fc.Arbitrary<FaultStep> = fc.oneof(
  fc.record({ kind: fc.constant("kill" as const), who: anyWho }),
  fc.record({ kind: fc.constant("freeze" as const), who: anyWho }),
  fc.record({
    kind: fc.constant("cut" as const),
    direction: fc.constantFrom("both" as const, "toHost" as const, "toDpu" as const),
  }),
);

const bursts = fc.record(
  {
    kind: fc.constant("burst" as const),
    calls: fc.uniqueArray(calls(), { minLength: 2, maxLength: 5, selector: (one) => one.slot }),
    fault: faults,
    after: fc.integer({ min: 0, max: 40 }),
  },
  { requiredKeys: ["kind", "calls", "after"] },
);

const plain = <K extends "status" | "gc" | "slow" | "heal" | "rest">(kind: K) =>
  fc.record({ kind: fc.constant(kind) });

/** Weighted by how much there is to find, and by what a step costs. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: calls() },
  { weight: 10, arbitrary: bursts },
  { weight: 4, arbitrary: faults },
  { weight: 2, arbitrary: plain("status") },
  { weight: 4, arbitrary: plain("gc") },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("restart" as const), who: anyWho }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("start" as const), who: anyWho }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("thaw" as const), who: anyWho }) },
  { weight: 1, arbitrary: plain("slow") },
  { weight: 3, arbitrary: plain("heal") },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("podDies" as const),
      pod: fc.constantFrom("a" as const, "b" as const, "c" as const, "d" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("rebootHost" as const),
      renumbers: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("rebootDpu" as const),
      state: fc.constantFrom("kept" as const, "lost" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("damage" as const),
      side: fc.constantFrom("host" as const, "dpu" as const),
      file: fc.nat(4),
      damage: fc.constantFrom(...damages),
    }),
  },
  { weight: 8, arbitrary: plain("rest") },
);

export const sequences = fc.array(steps, { minLength: 1, maxLength: 40, size: "max" });
