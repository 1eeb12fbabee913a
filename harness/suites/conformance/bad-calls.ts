/** Calls that must fail, one of each kind, for the checks that look at how a failure is told. */
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

const kinds: Readonly<Record<string, CallOptions>> = {
  "an unknown command": { environment: { CNI_COMMAND: "FROB" } },
  "ADD without a container id": { environment: { CNI_CONTAINERID: undefined } },
  "ADD with a namespace that is not there": { environment: { CNI_NETNS: "/nowhere/netns" } },
  "ADD with half a configuration": { stdin: "{" },
  "ADD without a network name": { config: { name: undefined } },
  "ADD with cniVersion 9.9.9": { config: { cniVersion: "9.9.9" } },
};

export async function badCalls(
  subject: Subject,
  t: CheckContext,
  pod: Pod,
): Promise<readonly (readonly [what: string, called: Called])[]> {
  const calls: [string, Called][] = [];
  for (const [what, options] of Object.entries(kinds)) {
    calls.push([what, await subject.call(t, "ADD", { pod, ...options })]);
  }
  return calls;
}
