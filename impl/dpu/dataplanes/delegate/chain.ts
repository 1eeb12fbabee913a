/**
 * A network configuration list executed as a runtime does it (CNI specification 1.1.0, sections 3 and 4): ADD in order,
 * each plugin with the result of the one before; DEL in the reverse order and CHECK in order, both with the result of the
 * ADD.
 */
import { parseResult } from "../../../cni/result.ts";
import type { CniResult } from "../../../cni/types.ts";
import { atLeast } from "../../../cni/version.ts";
import { type ChainCall, type ChainRunner, executePlugin, type Step } from "./execute-plugin.ts";
import type { NetworkList, PluginConfig } from "./network-list.ts";
import { shown } from "./plugin-failure.ts";

/** What one plugin printed, and as it is to be read. */
export interface ChainResult {
  readonly printed: unknown;
  readonly result: CniResult;
}

/** A plugin of the list failed; the ones before it had `partial`. */
export class ChainBroken extends Error {
  override readonly name = "ChainBroken";
  readonly partial: unknown;

  constructor(cause: Error, partial: unknown) {
    super(cause.message, { cause });
    this.partial = partial;
  }
}

export async function addChain(
  runner: ChainRunner,
  call: ChainCall,
  at: Omit<Step, "verb">,
): Promise<ChainResult> {
  let last: ChainResult | undefined;
  for (const plugin of call.list.plugins) {
    try {
      const stdout = await executePlugin(runner, call, {
        ...at,
        verb: "ADD",
        plugin,
        prev: last?.printed,
      });
      last = readResult(plugin, call.list, stdout);
    } catch (error) {
      throw new ChainBroken(error instanceof Error ? error : new Error(`${error}`), last?.printed);
    }
  }
  if (last === undefined) throw new Error("the list has no plugin");
  return last;
}

/**
 * Every plugin is asked, also when one fails; then the first failure is thrown. `result` is absent after an ADD that failed
 * at once. With `isUnfinished` (its ADD never succeeded) a plugin that fails is asked once more without what the runtime
 * wished: that may be what it fails over, and would keep it from ever being deleted.
 */
export async function delChain(
  runner: ChainRunner,
  call: ChainCall,
  {
    result,
    isUnfinished = false,
    ...at
  }: Omit<Step, "verb"> & { readonly result: unknown; readonly isUnfinished?: boolean },
): Promise<void> {
  // Plugins before 0.4.0 know no prevResult at DEL.
  const prev = atLeast(call.list.version, "0.4.0") ? result : undefined;
  let first: unknown;
  for (const plugin of [...call.list.plugins].reverse()) {
    const step = { ...at, verb: "DEL", plugin, prev } as const;
    try {
      await executePlugin(runner, call, step).catch((error: unknown) => {
        if (!isUnfinished) throw error;
        const { ips: _ips, ...plain } = call;
        return executePlugin(runner, { ...plain, wishes: {} }, step);
      });
    } catch (error) {
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
}

/** Resolves at once for a version that has no CHECK, or when the list forbids it. */
export async function checkChain(
  runner: ChainRunner,
  call: ChainCall,
  { result, ...at }: Omit<Step, "verb"> & { readonly result: unknown },
): Promise<void> {
  const { list } = call;
  if (list.disableCheck || !atLeast(list.version, "0.4.0")) return;
  for (const plugin of list.plugins) {
    await executePlugin(runner, call, { ...at, verb: "CHECK", plugin, prev: result });
  }
}

function readResult(plugin: PluginConfig, list: NetworkList, stdout: string): ChainResult {
  try {
    const printed: unknown = JSON.parse(stdout);
    return { printed, result: parseResult(printed, list.version) };
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "it is not JSON" : shown(`${cause}`);
    throw new Error(
      `plugin "${plugin.type}" answered ADD with no result: ${why}; it printed "${shown(stdout)}"`,
      { cause },
    );
  }
}
