/** Says by name, at a process's start, what the kernel lacks of what that process uses. */
import type { Log } from "../base/log.ts";
import { detectFeatures } from "./features.ts";
import type { Kernel, NamespaceMaker } from "./kernel.ts";

/** One warning for each missing feature of `used`; nothing is refused, since what is not asked for is not missed. */
export async function reportFeatures(
  kernel: Kernel & NamespaceMaker,
  used: readonly string[],
  log: Log,
): Promise<void> {
  for (const { name, present, detail } of await detectFeatures(kernel)) {
    if (present || !used.includes(name)) continue;
    log.warn("the kernel lacks a feature", { feature: name, detail });
  }
}
