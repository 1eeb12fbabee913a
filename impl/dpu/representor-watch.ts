/** Hears when a live port's representor goes away, comes anew or is brought down: what made the port forward is then lost. */
import type { Netns } from "../netlink/kernel.ts";
import type { Ports } from "./ports.ts";

/** Runs until `signal` aborts. */
export async function watchRepresentors(
  netns: Netns,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  for await (const { kind, name } of netns.watchLinks(signal)) {
    if (!ports.usesRepresentor(name)) continue;
    const state =
      kind === "removed" ? "went away" : (await netns.link(name))?.up === false ? "is down" : "";
    if (state === "") continue;
    ports.suspect(name, `representor "${name}" ${state}`);
    await ports.mend();
  }
}
