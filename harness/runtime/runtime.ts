/**
 * Plays the container runtime of one node: the procedure of libcni (section 3) over `invoke`. Errors are values, since a
 * check looks at them. The final result of each attachment is kept in a directory of the node, as a runtime keeps it;
 * losing that directory is a thing that happens, and DEL then goes on without prevResult.
 */
import { KeyedLock } from "../../impl/base/lock.ts";
import type { Place } from "../core/backend.ts";
import { carriesPrevResult, type Verb, verbExists } from "../spec/version.ts";
import { type Answer, readAnswer } from "./answer.ts";
import { type Derivation, deriveConfig, type ValidAttachment } from "./derive.ts";
import { findExecutable } from "./find-executable.ts";
import { type CommandEvidence, invoke } from "./invoke.ts";
import { type Network, nameGrammar, type PluginConfig } from "./network.ts";
import { type CachedAttachment, openResultCache } from "./result-cache.ts";

export interface Attachment {
  readonly containerId: string;
  readonly ifname: string;
  /** CNI_NETNS; "" once the namespace is gone */
  readonly netns: string;
  /** CNI_ARGS pairs */
  readonly cniArgs?: Readonly<Record<string, string>>;
  readonly capabilityArguments?: Readonly<Record<string, unknown>>;
}

export type CallOutcome =
  | { readonly ok: true; readonly calls: readonly Call[] }
  | { readonly ok: false; readonly error: CallError; readonly calls: readonly Call[] };

export type AddOutcome =
  | { readonly ok: true; readonly result: unknown; readonly calls: readonly Call[] }
  | { readonly ok: false; readonly error: CallError; readonly calls: readonly Call[] };

export interface CallError {
  /** the type of the plugin that failed; "" when the runtime refused before any ran */
  readonly plugin: string;
  /** 0: the plugin gave none */
  readonly code: number;
  readonly msg: string;
}

/** One run of one plugin of the list. */
export interface Call {
  readonly plugin: string;
  readonly answer: Answer;
  readonly evidence: CommandEvidence;
}

export interface Runtime {
  add(network: Network, attachment: Attachment): Promise<AddOutcome>;
  del(network: Network, attachment: Attachment): Promise<CallOutcome>;
  check(network: Network, attachment: Attachment): Promise<CallOutcome>;
  /** `valid` undefined: called without arguments; null: a nil list, which becomes JSON null */
  gc(network: Network, valid: readonly ValidAttachment[] | null | undefined): Promise<CallOutcome>;
  status(network: Network): Promise<CallOutcome>;
  version(network: Network): Promise<CallOutcome>;
  /** the cached final result */
  cached(network: Network, attachment: Attachment): Promise<unknown>;
  /** what the cache remembers of this network */
  attachments(network: Network): Promise<readonly ValidAttachment[]>;
  /** Drops the cached result, as runtimes do that give up on a DEL. */
  forget(network: Network, attachment: Attachment): Promise<void>;
}

export function createRuntime(options: {
  /** the node's host namespace */
  readonly place: Place;
  /** where results are cached */
  readonly directory: string;
  /** of each plugin run; default 30,000 */
  readonly timeoutMs?: number;
  /** of the verbs named here, where it is less */
  readonly deadlinesMs?: Readonly<Partial<Record<Verb, number>>>;
  readonly signal?: AbortSignal;
}): Runtime {
  const { place, timeoutMs = 30_000, deadlinesMs = {}, signal } = options;
  const cache = openResultCache(options.directory);
  // RT-13: one operation at a time per container, different ones side by side.
  const containers = new KeyedLock();

  async function call(
    verb: Verb,
    network: Network,
    plugin: PluginConfig,
    given: { readonly environment: Record<string, string>; readonly derivation?: Derivation },
  ): Promise<Call> {
    const executable = await findExecutable(plugin.type, network.cniPath);
    if (executable === undefined) {
      return missingExecutable(plugin.type, network.cniPath);
    }
    const stdin = JSON.stringify(deriveConfig(network, plugin, given.derivation));
    const environment = {
      CNI_COMMAND: verb,
      CNI_PATH: network.cniPath.join(":"),
      ...given.environment,
    };
    const invoked = await invoke(place, {
      executable,
      environment,
      stdin,
      timeoutMs: Math.min(timeoutMs, deadlinesMs[verb] ?? timeoutMs),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = readAnswer(verb, network.cniVersion, invoked);
    return { plugin: plugin.type, answer, evidence: invoked.evidence };
  }

  /** Runs the plugins in order and stops at the first error (RT-07, RT-09, RT-10). */
  async function each(
    verb: Verb,
    network: Network,
    plugins: readonly PluginConfig[],
    given: { readonly environment: Record<string, string>; readonly derivation?: Derivation },
  ): Promise<CallOutcome> {
    const calls: Call[] = [];
    for (const plugin of plugins) {
      const one = await call(verb, network, plugin, given);
      calls.push(one);
      const error = errorOf(one);
      if (error !== undefined) return { ok: false, error, calls };
    }
    return { ok: true, calls };
  }

  return {
    add(network, attachment) {
      const refusal = refuse(network, attachment);
      if (refusal !== undefined) return Promise.resolve(refusal);
      return containers.run(attachment.containerId, async () => {
        const calls: Call[] = [];
        let prevResult: unknown;
        for (const plugin of network.plugins) {
          const derivation = withArguments(attachment, prevResult);
          const environment = attachmentEnvironment(attachment);
          const one = await call("ADD", network, plugin, { environment, derivation });
          calls.push(one);
          const error = errorOf(one);
          if (error !== undefined) return { ok: false, error, calls };
          if (one.answer.kind === "success") prevResult = one.answer.document;
        }
        await cache.put({ ...keyOf(network, attachment), result: prevResult });
        return { ok: true, result: prevResult, calls };
      });
    },

    del(network, attachment) {
      const refusal = refuse(network, attachment);
      if (refusal !== undefined) return Promise.resolve(refusal);
      return containers.run(attachment.containerId, async () => {
        const cached = carriesPrevResult(network.cniVersion)
          ? await cache.get(keyOf(network, attachment))
          : undefined;
        const given = {
          environment: attachmentEnvironment(attachment),
          derivation: withArguments(attachment, cached?.result),
        };
        const outcome = await each("DEL", network, network.plugins.toReversed(), given);
        if (outcome.ok) await cache.remove(keyOf(network, attachment));
        return outcome;
      });
    },

    check(network, attachment) {
      const refusal = refuse(network, attachment);
      if (refusal !== undefined) return Promise.resolve(refusal);
      if (network.disableCheck) return Promise.resolve({ ok: true, calls: [] });
      if (!verbExists("CHECK", network.cniVersion))
        return Promise.resolve(tooOld("CHECK", network));
      return containers.run(attachment.containerId, async () => {
        const cached = await cache.get(keyOf(network, attachment));
        if (cached === undefined) return runtimeError("no cached result of this attachment");
        const given = {
          environment: attachmentEnvironment(attachment),
          derivation: withArguments(attachment, cached.result),
        };
        return each("CHECK", network, network.plugins, given);
      });
    },

    async gc(network, valid) {
      if (network.disableGC) return { ok: true, calls: [] };
      const isValid = (one: CachedAttachment) =>
        (valid ?? []).some((v) => v.containerID === one.containerId && v.ifname === one.ifname);
      const errors: CallError[] = [];
      const calls: Call[] = [];
      const note = (outcome: CallOutcome) => {
        calls.push(...outcome.calls);
        if (!outcome.ok) errors.push(outcome.error);
      };
      // As libcni: first a DEL for each cached attachment that is not in the list.
      for (const stale of (await cache.list(network.name)).filter((one) => !isValid(one))) {
        note(await this.del(network, { ...stale, netns: "" }));
      }
      // RT-11: every plugin, going on after errors, with no attachment variables.
      if (verbExists("GC", network.cniVersion)) {
        const derivation = valid === undefined ? {} : { validAttachments: valid };
        for (const plugin of network.plugins) {
          note(await each("GC", network, [plugin], { environment: {}, derivation }));
        }
      }
      const [first] = errors;
      return first === undefined ? { ok: true, calls } : { ok: false, error: first, calls };
    },

    async status(network) {
      if (!verbExists("STATUS", network.cniVersion)) return { ok: true, calls: [] };
      return each("STATUS", network, network.plugins, { environment: {} });
    },

    version: (network) =>
      each("VERSION", network, network.plugins, {
        // What libcni sends, so that plugins older than 0.2.0 do not stumble.
        environment: { CNI_NETNS: "dummy", CNI_IFNAME: "dummy", CNI_CONTAINERID: "dummy" },
      }),

    cached: async (network, attachment) => (await cache.get(keyOf(network, attachment)))?.result,

    attachments: async (network) =>
      (await cache.list(network.name)).map(({ containerId, ifname }) => ({
        containerID: containerId,
        ifname,
      })),

    forget: (network, attachment) => cache.remove(keyOf(network, attachment)),
  };
}

/** CNI_* of one attachment; an empty CNI_NETNS is sent as such, as runtimes do. */
export function attachmentEnvironment(attachment: Attachment): Record<string, string> {
  const { containerId, ifname, netns, cniArgs } = attachment;
  const pairs = Object.entries(cniArgs ?? {}).map(([name, value]) => `${name}=${value}`);
  return {
    CNI_CONTAINERID: containerId,
    CNI_IFNAME: ifname,
    CNI_NETNS: netns,
    ...(pairs.length === 0 ? {} : { CNI_ARGS: pairs.join(";") }),
  };
}

function withArguments(attachment: Attachment, prevResult: unknown): Derivation {
  const { capabilityArguments } = attachment;
  return {
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(capabilityArguments === undefined ? {} : { capabilityArguments }),
  };
}

function keyOf(network: Network, { containerId, ifname }: Attachment) {
  return { network: network.name, containerId, ifname };
}

/** RT-16 */
function refuse(network: Network, { containerId, ifname }: Attachment) {
  if (!nameGrammar.test(network.name))
    return runtimeError(`invalid network name "${network.name}"`);
  if (!nameGrammar.test(containerId)) return runtimeError(`invalid container id "${containerId}"`);
  const bad = ifname === "." || ifname === ".." || !/^[^/:\s]{1,15}$/.test(ifname);
  return bad ? runtimeError(`invalid interface name "${ifname}"`) : undefined;
}

function runtimeError(msg: string) {
  return { ok: false, error: { plugin: "", code: 0, msg }, calls: [] } as const;
}

function tooOld(verb: Verb, network: Network) {
  return runtimeError(`configuration version ${network.cniVersion} does not support ${verb}`);
}

function errorOf({ plugin, answer }: Call): CallError | undefined {
  return answer.kind === "error" ? { plugin, code: answer.code, msg: answer.msg } : undefined;
}

function missingExecutable(type: string, cniPath: readonly string[]): Call {
  const msg = `no executable "${type}" in ${cniPath.join(":")}`;
  return {
    plugin: type,
    answer: { kind: "error", code: 0, msg, violations: [] },
    evidence: {
      kind: "command",
      argv: [type],
      environment: {},
      stdin: "",
      stdout: "",
      stderr: msg,
      durationMs: 0,
    },
  };
}
