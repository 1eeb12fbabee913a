/** What is known of a foreign plugin, from a file beside its target: requirement id → why it fails there. */
import { z } from "zod";

export const knownFindingsSchema = z.strictObject({
  /** the plugin and the packaged version that was measured */
  measured: z.string(),
  findings: z.record(z.string(), z.string()),
});

export type KnownFindings = z.infer<typeof knownFindingsSchema>;

export function knownFinding(
  known: KnownFindings | undefined,
  id: string,
): { readonly reason: string } | undefined {
  const reason = known?.findings[id];
  return reason === undefined ? undefined : { reason };
}
