/**
 * Plays the container runtime of one node over `invoke`, by the text's procedure or by libcni's (procedure.ts). Errors are
 * values, since a check looks at them. The final result of each attachment is kept in a directory of the node, as a runtime keeps it;
 * losing that directory is a thing that happens, and DEL then goes on without prevResult.
 */
import { KeyedLock } from "../../impl/base/lock.ts";
import type { Place } from "../core/backend.ts";
import { carriesPrevResult, type Verb, verbExists } from "../spec/version.ts";
import { type Answer, readAnswer } from "./answer.ts";
import type { Attachment } from "./attachment.ts";
import type { Derivation, ValidAttachment } from "./derive.ts";
import { type CommandEvidence, type Invocation, invoke } from "./invoke.ts";
import type { Network } from "./network.ts";
import type { Procedure } from "./procedure.ts";
import { textProcedure } from "./procedures/text.ts";
import { type CachedAttachment, openResultCache } from "./result-cache.ts";

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
  /** of the plugin */
  readonly msg: string;
  /** the whole text that the caller of the runtime hears, with what the runtime adds */
  readonly heard: string;
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
  /** default: the text's */
  readonly procedure?: Procedure;
  /** of each plugin run; default 30,000 */
  readonly timeoutMs?: number;
  /** of the verbs named here, where it is less */
  readonly deadlinesMs?: Readonly<Partial<Record<Verb, number>>>;
  readonly signal?: AbortSignal;
}): Runtime {
  const {
    place,
    procedure = textProcedure,
    timeoutMs = 30_000,
    deadlinesMs = {},
    signal,
  } = options;
  const cache = openResultCache(options.directory);
  // RT-13: one operation at a time per container, different ones side by side.
  const containers = new KeyedLock();

  async function call(
    verb: Verb,
    { network, type }: { readonly network: Network; readonly type: string },
    given: Pick<Invocation, "environment"> & { readonly config: unknown },
  ): Promise<Call> {
    const found = await procedure.find(type, network.cniPath);
    if ("refusal" in found) return notCalled(type, found.refusal);
    const invoked = await invoke(place, {
      executable: found.path,
      environment: { CNI_COMMAND: verb, ...given.environment },
      stdin: JSON.stringify(given.config),
      timeoutMs: Math.min(timeoutMs, deadlinesMs[verb] ?? timeoutMs),
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = readAnswer(verb, network.cniVersion, invoked);
    return { plugin: type, answer, evidence: invoked.evidence };
  }

  /** Runs the plugins in order and stops at the first error (RT-07, RT-09, RT-10). */
  async function each(
    verb: Verb,
    { network, plugins }: { readonly network: Network; readonly plugins: Network["plugins"] },
    given: { readonly attachment?: Attachment; readonly derivation?: Derivation },
  ): Promise<CallOutcome> {
    const calls: Call[] = [];
    const environment = procedure.environment(network, given.attachment);
    for (const plugin of plugins) {
      const config = procedure.derive(network, plugin, given.derivation);
      const one = await call(verb, { network, type: plugin.type }, { environment, config });
      calls.push(one);
      const error = errorOf(verb, one);
      if (error !== undefined) return { ok: false, error, calls };
    }
    return { ok: true, calls };
  }

  function errorOf(verb: Verb, { plugin, answer }: Call): CallError | undefined {
    if (answer.kind === "success") return undefined;
    const { code, msg } = answer;
    return { plugin, code, msg, heard: procedure.heard(verb, plugin, answer) };
  }

  function versionError(document: unknown, { plugin }: Call, network: Network) {
    const problem = procedure.versionProblem(document, network, plugin);
    return problem === undefined ? undefined : { plugin, code: 0, msg: problem, heard: problem };
  }

  function refusal(verb: Verb, network: Network, attachment: Attachment) {
    const refused = procedure.refuse(verb, network, attachment);
    if (refused === undefined) return undefined;
    const { code, msg } = refused;
    const heard = procedure.heard(verb, network.plugins[0]?.type ?? "", { msg });
    return { ok: false, error: { plugin: "", code, msg, heard }, calls: [] } as const;
  }

  /** prevResult of CHECK and DEL; @param broken what is made of a saved result that cannot be used */
  async function savedResult(network: Network, attachment: Attachment) {
    const found = await cache.get(keyOf(network, attachment));
    if (found === undefined) return { kind: "none" } as const;
    if (found === "damaged") return { kind: "broken", reason: "unexpected end of JSON" } as const;
    const read = procedure.saved(found.result, network.cniVersion);
    return read.ok
      ? ({ kind: "saved", result: read.result } as const)
      : ({ kind: "broken", reason: read.reason } as const);
  }

  return {
    add(network, attachment) {
      const refused = refusal("ADD", network, attachment);
      if (refused !== undefined) return Promise.resolve(refused);
      return containers.run(attachment.containerId, async () => {
        const calls: Call[] = [];
        let prevResult: unknown;
        for (const plugin of network.plugins) {
          const derivation = withArguments(attachment, prevResult);
          const ran = await each("ADD", { network, plugins: [plugin] }, { attachment, derivation });
          calls.push(...ran.calls);
          if (!ran.ok) return { ...ran, calls };
          const answer = ran.calls[0]?.answer;
          const document = answer?.kind === "success" ? answer.document : undefined;
          const read = procedure.read(document, network.cniVersion);
          if (!read.ok) {
            const heard = procedure.heard("ADD", plugin.type, { msg: read.reason });
            const error = { plugin: plugin.type, code: 0, msg: read.reason, heard };
            return { ok: false, error, calls };
          }
          prevResult = read.result;
        }
        await cache.put({ ...attachment, network: network.name, result: prevResult });
        return { ok: true, result: prevResult, calls };
      });
    },

    del(network, attachment) {
      const refused = refusal("DEL", network, attachment);
      if (refused !== undefined) return Promise.resolve(refused);
      return containers.run(attachment.containerId, async () => {
        const saved = carriesPrevResult(network.cniVersion)
          ? await savedResult(network, attachment)
          : undefined;
        const prevResult = saved?.kind === "saved" ? saved.result : undefined;
        const plugins = network.plugins.toReversed();
        const derivation = withArguments(attachment, prevResult);
        const outcome = await each("DEL", { network, plugins }, { attachment, derivation });
        if (outcome.ok || saved?.kind === "broken") await cache.remove(keyOf(network, attachment));
        return outcome;
      });
    },

    check(network, attachment) {
      const { name, cniVersion, plugins } = network;
      const refused = refusal("CHECK", network, attachment);
      if (!verbExists("CHECK", cniVersion)) {
        const msg = `configuration version "${cniVersion}" does not support the CHECK command`;
        return Promise.resolve(runtimeError(msg));
      }
      if (network.disableCheck) return Promise.resolve({ ok: true, calls: [] });
      if (refused !== undefined) return Promise.resolve(refused);
      return containers.run(attachment.containerId, async () => {
        const saved = await savedResult(network, attachment);
        if (saved.kind === "none" && procedure.checkNeedsResult) {
          return runtimeError("no cached result of this attachment");
        }
        if (saved.kind === "broken") {
          return runtimeError(`failed to get network "${name}" cached result: ${saved.reason}`);
        }
        const result = saved.kind === "saved" ? saved.result : undefined;
        const derivation = withArguments(attachment, result);
        return each("CHECK", { network, plugins }, { attachment, derivation });
      });
    },

    async gc(network, valid) {
      if (network.disableGC) return { ok: true, calls: [] };
      const isValid = (one: CachedAttachment) =>
        (valid ?? []).some((v) => v.containerID === one.containerId && v.ifname === one.ifname);
      const errors: CallError[] = [];
      const calls: Call[] = [];
      const note = (outcome: CallOutcome, before = "") => {
        calls.push(...outcome.calls);
        if (outcome.ok) return;
        errors.push({ ...outcome.error, heard: `${before}${outcome.error.heard}` });
      };
      // As libcni: first a DEL for each cached attachment that is not in the list, with what its ADD was given.
      for (const stale of (await cache.list(network.name)).filter((one) => !isValid(one))) {
        const which = `${stale.containerId} ${stale.ifname}`;
        note(await this.del(network, stale), `failed to delete stale attachment ${which}: `);
      }
      // RT-11: every plugin, going on after errors, with no attachment variables.
      if (verbExists("GC", network.cniVersion)) {
        const derivation = valid === undefined ? {} : { validAttachments: valid };
        for (const plugin of network.plugins) {
          note(await each("GC", { network, plugins: [plugin] }, { derivation }));
        }
      }
      const [first] = errors;
      if (first === undefined) return { ok: true, calls };
      const heard = errors.map((error) => error.heard).join("\n");
      return { ok: false, error: { ...first, heard }, calls };
    },

    async status(network) {
      if (!verbExists("STATUS", network.cniVersion)) return { ok: true, calls: [] };
      return each("STATUS", { network, plugins: network.plugins }, {});
    },

    async version(network) {
      const calls: Call[] = [];
      const errors: CallError[] = [];
      for (const { type } of network.plugins) {
        const one = await call("VERSION", { network, type }, procedure.versionCall(network));
        calls.push(one);
        const error = isAncient(one)
          ? versionError(ancientAnswer, one, network)
          : one.answer.kind === "success"
            ? versionError(one.answer.document, one, network)
            : errorOf("VERSION", one);
        if (error !== undefined) errors.push(error);
      }
      const [first] = errors;
      if (first === undefined) return { ok: true, calls };
      const heard = `[${errors.map((error) => error.heard).join(" ")}]`;
      return { ok: false, error: { ...first, heard }, calls };
    },

    cached: async (network, attachment) => {
      const saved = await savedResult(network, attachment);
      return saved.kind === "saved" ? saved.result : undefined;
    },

    attachments: async (network) =>
      (await cache.list(network.name)).map(({ containerId, ifname }) => ({
        containerID: containerId,
        ifname,
      })),

    forget: (network, attachment) => cache.remove(keyOf(network, attachment)),
  };
}

/** From before there was VERSION: it speaks 0.1.0. */
function isAncient({ answer }: Call): boolean {
  return answer.kind === "error" && answer.msg === "unknown CNI_COMMAND: VERSION";
}
const ancientAnswer = { cniVersion: "0.1.0", supportedVersions: ["0.1.0"] };

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

function runtimeError(msg: string) {
  return { ok: false, error: { plugin: "", code: 0, msg, heard: msg }, calls: [] } as const;
}

function notCalled(type: string, msg: string): Call {
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
