/** What is known of a foreign plugin, from a file beside its target: requirement id → why it fails there. */
import { z } from "zod";

export const knownFindingsSchema = z.strictObject({
  /** the build that was measured, as the target's `build` command prints it: "containernetworking-plugins 1.1.1" */
  measured: z.string(),
  /** fails, or cannot be judged, each time */
  findings: z.record(z.string(), z.string()),
  /** fails in some runs, by chance */
  sometimes: z.record(z.string(), z.string()).default({}),
});

export type KnownFindings = z.infer<typeof knownFindingsSchema>;

export function knownFinding(
  known: KnownFindings | undefined,
  id: string,
): { readonly reason: string; readonly sometimes: boolean } | undefined {
  const always = known?.findings[id];
  const reason = always ?? known?.sometimes[id];
  return reason === undefined ? undefined : { reason, sometimes: always === undefined };
}

/** Of another build nothing is known: its run is graded by level alone. */
export function knownOf(
  known: KnownFindings | undefined,
  build: string | undefined,
): KnownFindings | undefined {
  return build === undefined || build === known?.measured ? known : undefined;
}
