/** The versions a plugin's own VERSION says it speaks, and which of them are judged. */
import { z } from "zod";
import type { Place } from "../core/backend.ts";
import { invoke } from "../runtime/invoke.ts";
import { compareVersions, isReleased } from "../spec/version.ts";

const versionAnswer = z.object({ supportedVersions: z.array(z.string()) });
/** of one whose VERSION cannot be read: its checks will say so */
const assumed = ["1.0.0"];

/** Oldest first. The shapes of 0.1.0 and 0.2.0 are history that no runtime asks for. */
export async function claimedVersions(
  place: Place,
  executable: string,
): Promise<readonly string[]> {
  const { evidence } = await invoke(place, {
    executable,
    environment: { CNI_COMMAND: "VERSION" },
    stdin: '{"cniVersion":"1.0.0"}',
    timeoutMs: 10_000,
  });
  const parsed = versionAnswer.safeParse(jsonOr(evidence.stdout));
  const claimed = (parsed.data?.supportedVersions ?? []).filter(
    (version) => isReleased(version) && compareVersions(version, "0.3.0") >= 0,
  );
  return claimed.length === 0 ? assumed : claimed.toSorted(compareVersions);
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
