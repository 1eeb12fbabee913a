/** Hears when a live port's representor goes away, comes anew or is brought down: what made the port forward is then lost. */
import type { Link, Netns } from "../netlink/kernel.ts";
import type { Dataplane } from "./dataplane.ts";
import type { Ports } from "./ports.ts";

/** Runs until `signal` aborts. */
export async function watchRepresentors(
  netns: Netns,
  { ports, dataplane }: { readonly ports: Ports; readonly dataplane: Dataplane },
  signal: AbortSignal,
): Promise<void> {
  for await (const { kind, name } of netns.watchLinks(signal)) {
    if (!ports.usesRepresentor(name)) continue;
    const state = stateOf(await netns.link(name), kind === "removed", dataplane);
    if (state === undefined) continue;
    ports.suspect(name, `representor "${name}" ${state}`);
    await ports.mend();
  }
}

/** undefined: nothing is wrong with it */
function stateOf(
  link: Link | undefined,
  isRemoved: boolean,
  { takesRepresentors = false }: Dataplane,
): string | undefined {
  // It came anew, or somebody brought it back.
  if (takesRepresentors) return link && "is back in the DPU's own namespace";
  if (isRemoved) return "went away";
  return link?.up === false ? "is down" : undefined;
}
