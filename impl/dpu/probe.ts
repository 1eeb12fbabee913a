/** Hears at which representors the frames of free VFs come in, so that the host can prove which VF is paired with which. */
import { sleep } from "../base/time.ts";
import type { Netns } from "../netlink/kernel.ts";
import type { ProbedVf, Sighting } from "../wire/agent.ts";
import { probeFrameOf, probeProtocol } from "../wire/probe-frame.ts";
import { gone, ignoring } from "./dataplanes/ignoring.ts";
import { representorName } from "./representors.ts";

export interface ProbeWorld {
  /** where free representors are */
  readonly netns: Netns;
  /** pattern with {pf} and {vf} */
  readonly representor: string;
  /** a port has it: it is left alone */
  isInUse(representor: string): boolean;
}

export interface ProbeRequest {
  readonly token: Uint8Array;
  readonly vfs: readonly ProbedVf[];
  readonly waitMs: number;
}

const pollMs = 10;
const longestWaitMs = 10_000;

/** Resolves when every VF was heard somewhere, or the time is up; what it brought up for that is down again. */
export async function probe(
  { netns, representor: pattern, isInUse }: ProbeWorld,
  { token, vfs, waitMs }: ProbeRequest,
  signal: AbortSignal,
): Promise<readonly Sighting[]> {
  const expected = new Map(vfs.map((vf) => [nameOf(vf), representorName(pattern, vf)]));
  const sightings = new Map<string, Sighting>();
  const raised: string[] = [];
  using listener = await netns.listen(probeProtocol);
  try {
    for (const representor of expected.values()) {
      if (isInUse(representor) || (await netns.link(representor))?.up !== false) continue;
      raised.push(representor);
      await ignoring(gone, netns.linkSet(representor, { up: true }));
    }
    const endMs = Date.now() + Math.min(waitMs, longestWaitMs);
    const heard = new Set<string>();
    while (heard.size < expected.size && Date.now() < endMs && !signal.aborted) {
      for (const { link, frame } of listener.take()) {
        const vf = probeFrameOf(frame, token);
        if (vf === undefined) continue;
        const { pf, index } = vf;
        heard.add(nameOf(vf));
        const should = expected.get(nameOf(vf)) ?? "";
        sightings.set(`${nameOf(vf)} ${link}`, { pf, index, representor: link, expected: should });
      }
      await sleep(pollMs, signal).catch(() => {});
    }
  } finally {
    for (const representor of raised.filter((one) => !isInUse(one))) {
      await ignoring(gone, netns.linkSet(representor, { up: false }));
    }
  }
  return [...sightings.values()];
}

function nameOf({ pf, index }: ProbedVf): string {
  return `${pf}/${index}`;
}
