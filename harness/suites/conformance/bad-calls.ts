/** Calls that must fail, one of each kind, for the checks that look at how a failure is told. */
import type { Pod } from "../../core/backend.ts";
import { type Verb, verbExists } from "../../spec/version.ts";
import type { Judge } from "./judge.ts";
import type { Called, CallOptions } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

interface BadCall extends CallOptions {
  /** default ADD */
  readonly verb?: Verb;
}

const kinds: Readonly<Record<string, BadCall>> = {
  "an unknown command": { environment: { CNI_COMMAND: "FROB" } },
  "ADD without a container id": { environment: { CNI_CONTAINERID: undefined } },
  "ADD with half a configuration": { stdin: "{" },
  "ADD without a network name": { config: { name: undefined } },
  "ADD with cniVersion 9.9.9": { config: { cniVersion: "9.9.9" } },
  "DEL without a container id": { verb: "DEL", environment: { CNI_CONTAINERID: undefined } },
  "CHECK without an interface name": { verb: "CHECK", environment: { CNI_IFNAME: undefined } },
  "GC with half a configuration": { verb: "GC", stdin: "{" },
  "STATUS with half a configuration": { verb: "STATUS", stdin: "{" },
};

/** An IPAM plugin need not look into the namespace, nor one that only sets rules on the host. */
const ofInterfaces: Readonly<Record<string, BadCall>> = {
  "ADD with a namespace that is not there": { environment: { CNI_NETNS: "/nowhere/netns" } },
};

export interface BadCalled extends Called {
  readonly what: string;
  readonly verb: Verb;
}

/** Those that do fail: whether each must is said by the checks about codes. */
export async function badCalls(subject: Subject, t: Judge): Promise<readonly BadCalled[]> {
  const pod = await subject.pod(t);
  const isInterface = (subject.plugin.role ?? "interface") === "interface";
  const chosen = { ...kinds, ...(isInterface ? ofInterfaces : {}) };
  const calls: BadCalled[] = [];
  for (const [what, { verb = "ADD", ...options }] of Object.entries(chosen)) {
    if (!verbExists(verb, subject.newest)) continue;
    calls.push({ what, verb, ...(await badCall(subject, t, verb, { pod, ...options })) });
  }
  const failed = calls.filter(({ evidence, pastHabits = evidence }) => pastHabits.exitCode !== 0);
  if (failed.length === 0)
    t.fail(`none of these fails: ${calls.map(({ what }) => what).join(", ")}`);
  return failed;
}

function badCall(
  subject: Subject,
  t: Judge,
  verb: Verb,
  { pod, ...options }: CallOptions & { readonly pod: Pod },
): Promise<Called> {
  const ofAttachment = verb !== "GC" && verb !== "STATUS";
  return subject.call(t, verb, { ...options, ...(ofAttachment && { pod }) });
}
