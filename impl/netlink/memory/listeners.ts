/** Frames in memory: what is sent into one end of a pair is heard at the other. */
import type { HeardFrame, Listener } from "../kernel.ts";

export interface MemoryListener {
  readonly protocol: number | "any";
  readonly heard: HeardFrame[];
}

const etherType = 12;

interface Hearing {
  listeners: MemoryListener[];
}

interface Wire {
  readonly name: string;
  readonly up: boolean;
  readonly netns: Hearing;
  readonly peer: Wire | undefined;
}

export function openListener(netns: Hearing, protocol: number | "any"): Listener {
  const listener: MemoryListener = { protocol, heard: [] };
  netns.listeners.push(listener);
  return {
    take: () => listener.heard.splice(0),
    [Symbol.dispose]() {
      netns.listeners = netns.listeners.filter((other) => other !== listener);
    },
  };
}

/** A wire is whole when both its ends are up. */
export function deliver(link: Wire, frame: Uint8Array): void {
  const { peer } = link;
  hear(link, { frame, isOutgoing: true });
  if (peer?.up) hear(peer, { frame, isOutgoing: false });
}

function hear(link: Wire, { frame, isOutgoing }: Omit<HeardFrame, "link">): void {
  const type = Buffer.from(frame).readUInt16BE(etherType);
  for (const { protocol, heard } of link.netns.listeners) {
    const isAsked = protocol === "any" || (protocol === type && !isOutgoing);
    if (isAsked) heard.push({ link: link.name, frame, isOutgoing });
  }
}
