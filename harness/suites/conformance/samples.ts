/** Attachments that checks share when they only look at one: one per version, made on first use, few at a time. */
import type { Node, Pod } from "../../core/backend.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import { type AnyResult, anyResult } from "../../spec/result.ts";
import { type ResultFault, resultFaults } from "../../spec/result-rules.ts";
import { type IpFacts, ipFacts } from "../ip-facts.ts";
import type { Called, CallOptions } from "./plugin-call.ts";

/** One ADD as it was seen: what it printed, and the kernel before and after. */
export interface Look {
  readonly version: string;
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

/** The same with its pod still attached. */
export interface Sample extends Look {
  readonly pod: Pod;
}

/** what a sample needs of the subject */
export interface Caller {
  readonly node: Node;
  readonly ifname: string;
  anyPod(): Promise<Pod>;
  quietCall(verb: "ADD" | "DEL", options: CallOptions): Promise<Called>;
}

/** at a time: what a card has is for the checks */
const most = 3;

export class Samples {
  readonly #subject: Caller;
  readonly #made = new Map<string, Promise<Sample>>();
  readonly #looks = new Map<string, Promise<Look>>();
  readonly #pods: { readonly pod: Pod; readonly version: string }[] = [];

  constructor(subject: Caller) {
    this.#subject = subject;
  }

  async of(version: string): Promise<Sample> {
    const known = this.#made.get(version);
    if (known !== undefined) return known;
    while (this.#pods.length >= most) await this.#releaseOldest();
    const made = this.#make(version);
    this.#made.set(version, made);
    return made;
  }

  /** What was seen of one, which need not be attached any more. */
  look(version: string): Promise<Look> {
    const known = this.#looks.get(version) ?? this.#made.get(version) ?? this.#lookOnce(version);
    this.#looks.set(version, known);
    return known;
  }

  async #lookOnce(version: string): Promise<Look> {
    try {
      return await this.of(version);
    } finally {
      await this.release();
    }
  }

  async release(): Promise<void> {
    while (this.#pods.length > 0) await this.#releaseOldest();
  }

  async #releaseOldest(): Promise<void> {
    const oldest = this.#pods.shift();
    if (oldest === undefined) return;
    const { pod, version } = oldest;
    this.#made.delete(version);
    await this.#subject.quietCall("DEL", { pod, version });
    await pod[Symbol.asyncDispose]();
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
