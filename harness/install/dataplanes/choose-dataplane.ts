/** The dataplane that a person named by --dataplane. */
import { UsageError } from "../../core/usage-error.ts";
import type { OffloadDataplane } from "./dataplane.ts";
import { delegate } from "./delegate.ts";
import { loadDelegate, shippedDelegates } from "./delegate-file.ts";
import { routed } from "./routed.ts";

const usualDelegate = "bridge";

/** @param word "routed", "delegate", or "delegate:" with a name or a path; throws UsageError for another */
export function chooseDataplane(word = "routed"): OffloadDataplane {
  if (word === "routed") return routed;
  if (word === "delegate") return chooseDataplane(`delegate:${usualDelegate}`);
  const [, which] = /^delegate:(.+)$/.exec(word) ?? [];
  if (which === undefined) {
    const names = shippedDelegates().map((name) => `delegate:${name}`);
    throw new UsageError(
      `Cannot use the dataplane ${JSON.stringify(word)}: there are routed, ${names.join(", ")}, and delegate:FILE`,
    );
  }
  const { name, file } = loadDelegate(which);
  return delegate(name, file);
}
