/** The VFs of the configured PFs over time: found at start, and again whenever the card has others. */
import type { Log } from "../base/log.ts";
import { discoverVfs, vfFingerprint } from "./discover.ts";
import type { Vf } from "./vf.ts";

export interface Card {
  readonly vfs: readonly Vf[];
  /** undefined while they are as before, or cannot be read: a card in a reset is no reason to forget its VFs */
  readonly rediscover: () => Promise<readonly Vf[] | undefined>;
}

export interface CardOptions {
  readonly sysfsRoot: string;
  readonly pfs: readonly string[];
  readonly log: Log;
}

/** Throws VfTreeError when a PF cannot be used. */
export async function openCard({ sysfsRoot, pfs, log }: CardOptions): Promise<Card> {
  let told: string | undefined;
  const tell = (warnings: readonly string[]) => {
    const text = warnings.join("; ");
    if (text !== told) for (const warning of warnings) log.warn(warning);
    told = text;
  };
  const discover = async () => {
    // Before the discovery: what changes meanwhile is a change the next time.
    const seen = await vfFingerprint(sysfsRoot, pfs).catch(() => "");
    const { vfs, warnings } = await discoverVfs(sysfsRoot, pfs);
    tell(warnings);
    return { seen, vfs };
  };
  let last = await discover();
  return {
    vfs: last.vfs,
    rediscover: async () => {
      try {
        if ((await vfFingerprint(sysfsRoot, pfs)) === last.seen) return undefined;
        last = await discover();
        return last.vfs;
      } catch (error) {
        tell([error instanceof Error ? error.message : String(error)]);
        return undefined;
      }
    },
  };
}
