/** What a property has to work with: one plugin on one node, one pod, and the state a call could change. */
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import type { Verb } from "../../spec/version.ts";
import type { Called } from "../conformance/plugin-call.ts";
import type { Subject } from "../conformance/subject.ts";
import { ipFacts } from "../ip-facts.ts";
import { edited, type FuzzInput, netnsMark } from "./fuzz-input.ts";
import { spell } from "./spell.ts";

export interface Kit {
  /** of the pod that stands for every container id */
  readonly netns: string;
  /** result of the attachment that `attach` made */
  readonly attached: unknown;
  /** Runs the plugin with this input, as this verb. */
  run(input: FuzzInput, options?: KitCall): Promise<Called>;
  /** An attachment that stays until the property ends. */
  attach(): Promise<void>;
  /** A new pod in place of one that a failed run may have left in disorder. */
  renew(): Promise<void>;
  /** Node and pod as lines. */
  state(): Promise<readonly string[]>;
}

export interface KitCall {
  readonly verb?: Verb;
  readonly prevResult?: unknown;
  /** as the attachment of `attach` */
  readonly attached?: boolean;
}

export async function openKit(subject: Subject, t: CheckContext): Promise<Kit> {
  let pod: Pod = await subject.pod(t);
  let attached: unknown;

  const textOf = (input: FuzzInput, prevResult: unknown): string => {
    const { version, network, config, without = [] } = input;
    const own = subject.configuration({ pod, version, network });
    const merged = {
      ...(JSON.parse(own) as Record<string, unknown>),
      ...config,
      ...(prevResult !== undefined && { prevResult }),
    };
    const kept = Object.entries(merged).filter(([key]) => !without.includes(key));
    return spell(Object.fromEntries(kept), input).replaceAll(netnsMark, pod.netns);
  };

  return {
    get netns() {
      return pod.netns;
    },
    get attached() {
      return attached;
    },

    run(input, { verb = input.verb, prevResult, attached: asAttached = false } = {}) {
      const { environment = {}, cniArgs, containerId, ifname } = input;
      const overlay = Object.entries(environment).map(([name, value]) => [
        name,
        value ?? undefined,
      ]);
      return subject.quietCall(verb, {
        pod,
        version: input.version,
        stdin: textOf(input, prevResult),
        environment: {
          ...(!asAttached && { CNI_CONTAINERID: containerId, CNI_IFNAME: ifname }),
          ...(cniArgs !== "" && { CNI_ARGS: cniArgs }),
          ...(Object.fromEntries(overlay) as Record<string, string | undefined>),
        },
        signal: t.signal,
      });
    },

    async attach() {
      const called = await subject.call(t, "ADD", { pod });
      if (called.answer.kind === "error") {
        t.blocked(`ADD without anything odd failed: ${called.answer.msg}`);
      }
      attached = called.answer.document;
    },

    async renew() {
      await pod[Symbol.asyncDispose]();
      pod = await subject.pod(t);
    },

    async state() {
      const [node, inPod] = await Promise.all([subject.state(), ipFacts(pod.place)]);
      return [...node, ...inPod.links.map(({ name }) => `pod: link ${name}`)];
    },
  };
}

/** prevResult of an input with its edit made; undefined when it is taken away. */
export function editedResult(input: FuzzInput, result: unknown): unknown {
  return input.edit === undefined ? result : edited(result, input.edit);
}
