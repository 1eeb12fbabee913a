/** Attachments that checks share when they only look at one: one per version, made on first use, released at the end. */
import type { Node, Pod } from "../../core/backend.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { type AnyResult, anyResult } from "../../spec/result.ts";
import { type ResultFault, resultFaults } from "../../spec/result-rules.ts";
import { type IpFacts, ipFacts } from "../ip-facts.ts";
import type { Called, CallOptions } from "./plugin-call.ts";

export interface Sample {
  readonly version: string;
  readonly pod: Pod;
  readonly ifname: string;
  readonly called: Called;
  /** as printed */
  readonly document: unknown;
  /** empty when the document cannot be read as a result: `faults` say why */
  readonly result: AnyResult;
  readonly readable: boolean;
  readonly faults: readonly ResultFault[];
  readonly inPod: IpFacts;
  readonly hostBefore: IpFacts;
  readonly hostAfter: IpFacts;
}

/** what a sample needs of the subject */
export interface Caller {
  readonly node: Node;
  readonly ifname: string;
  anyPod(): Promise<Pod>;
  quietCall(verb: "ADD" | "DEL", options: CallOptions): Promise<Called>;
}

export class Samples {
  readonly #subject: Caller;
  readonly #made = new Map<string, Promise<Sample>>();
  readonly #pods: { readonly pod: Pod; readonly version: string }[] = [];

  constructor(subject: Caller) {
    this.#subject = subject;
  }

  of(version: string): Promise<Sample> {
    const made = this.#made.get(version) ?? this.#make(version);
    this.#made.set(version, made);
    return made;
  }

  async release(): Promise<void> {
    for (const { pod, version } of this.#pods.splice(0)) {
      await this.#subject.quietCall("DEL", { pod, version });
      await pod[Symbol.asyncDispose]();
    }
    this.#made.clear();
  }

  async #make(version: string): Promise<Sample> {
    const subject = this.#subject;
    const pod = await subject.anyPod();
    this.#pods.push({ pod, version });
    const hostBefore = await ipFacts(subject.node.host);
    const called = await subject.quietCall("ADD", { pod, version });
    if (called.answer.kind === "error") {
      const { code, msg } = called.answer;
      const message = `ADD with cniVersion ${version} failed with code ${code}: ${msg}`;
      // ADD-02 says so; the checks that look at a result have none to look at.
      throw new OutcomeSignal({ kind: "blocked", message });
    }
    const { document } = called.answer;
    const read = anyResult.safeParse(document);
    const { ifname } = subject;
    return {
      version,
      pod,
      ifname,
      called,
      document,
      result: read.data ?? anyResult.parse({}),
      readable: read.success,
      faults: resultFaults(document, { version, ifname, netns: pod.netns }),
      inPod: await ipFacts(pod.place),
      hostBefore,
      hostAfter: await ipFacts(subject.node.host),
    };
  }
}
