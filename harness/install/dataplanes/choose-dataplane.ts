/** The dataplane that a person named by --dataplane. */
import { UsageError } from "../../core/usage-error.ts";
import type { OffloadDataplane } from "./dataplane.ts";
import { delegate } from "./delegate.ts";
import { joins, loadDelegate, shippedDelegates } from "./delegate-file.ts";
import { routed } from "./routed.ts";

const usualDelegate = "bridge";

/**
 * @param word "routed", "delegate", or "delegate:" with a name or a path, and after it ",join=mirred" or another way of
 * joining; throws UsageError for another
 */
export function chooseDataplane(word = "routed"): OffloadDataplane {
  if (word === "routed") return routed;
  if (word === "delegate") return chooseDataplane(`delegate:${usualDelegate}`);
  const [, which, join] = /^delegate:(.+?)(?:,join=(.*))?$/.exec(word) ?? [];
  if (which === undefined) {
    const names = shippedDelegates().map((name) => `delegate:${name}`);
    throw new UsageError(
      `Cannot use the dataplane ${JSON.stringify(word)}: there are routed, ${names.join(", ")}, and delegate:FILE`,
    );
  }
  const { name, file } = loadDelegate(which);
  if (join === undefined) return delegate(name, file);
  const asked = joins.find((one) => one === join);
  if (asked !== undefined) return delegate(`${name},join=${asked}`, { ...file, join: asked });
  throw new UsageError(
    `Cannot join ports by ${JSON.stringify(join)}: there are ${joins.join(", ")}`,
  );
}
