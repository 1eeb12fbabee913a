/** What a property has to work with: one plugin on one node, one pod, and the state a call could change. */
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { assumedVersion, type Verb } from "../../spec/version.ts";
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
    const { version, network } = input;
    const own = JSON.parse(subject.configuration({ pod, version, network }));
    return inputText(input, { own, prevResult, netns: pod.netns });
  };

  return {
    get netns() {
      return pod.netns;
    },
    get attached() {
      return attached;
    },

    run(input, { verb = input.verb, prevResult, attached: asAttached = false } = {}) {
      return subject.quietCall(verb, {
        pod,
        version: askedVersion(input),
        stdin: textOf(input, prevResult),
        environment: inputEnvironment(input, asAttached),
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

/** What the plugin reads on stdin; @param own its configuration without anything of the input */
export function inputText(
  input: FuzzInput,
  given: { readonly own: object; readonly prevResult: unknown; readonly netns: string },
): string {
  const { config, without = [] } = input;
  const { own, prevResult, netns } = given;
  const merged = { ...own, ...config, ...(prevResult !== undefined && { prevResult }) };
  const kept = Object.entries(merged).filter(([key]) => !without.includes(key));
  return spell(Object.fromEntries(kept), input).replaceAll(netnsMark, netns);
}

/** What a result must be of: a configuration that names no version is of the oldest. */
export function askedVersion({ version, without = [] }: FuzzInput): string {
  return without.includes("cniVersion") ? assumedVersion : version;
}

/** The variables of an input; undefined takes one away. */
export function inputEnvironment(
  { environment = {}, cniArgs, containerId, ifname }: FuzzInput,
  asAttached: boolean,
): Readonly<Record<string, string | undefined>> {
  const overlay = Object.entries(environment).map(([name, value]) => [name, value ?? undefined]);
  return {
    ...(!asAttached && { CNI_CONTAINERID: containerId, CNI_IFNAME: ifname }),
    ...(cniArgs !== "" && { CNI_ARGS: cniArgs }),
    ...(Object.fromEntries(overlay) as Record<string, string | undefined>),
  };
}

/** prevResult of an input with its edit made; undefined when it is taken away. */
export function editedResult(input: FuzzInput, result: unknown): unknown {
  return input.edit === undefined ? result : edited(result, input.edit);
}
