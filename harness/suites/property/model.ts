/**
 * The reference model of ownership: what a runtime knows of each attachment from the answers it got, and nothing else.
 * A product is right when it never contradicts this, whatever happened in between.
 */
import { slots, vfsPerNode } from "./step.ts";

/**
 * `absent` nothing of it may exist once all is at rest; `alive` it must work; `unknown` its last call was not heard to
 * the end: it is wholly there or wholly gone; `lost` the pod, the VF or the record was taken from under it: only its
 * DEL has to succeed.
 */
export type Fate = "absent" | "alive" | "unknown" | "lost";

/** What a caller heard: yes, no, or nothing to rely on. */
export type Answer = "done" | "refused" | "unheard";

export interface Model {
  readonly fates: Fate[];
  readonly state: { daemon: "running" | "frozen" | "dead"; agent: "running" | "frozen" | "dead" };
  link: "whole" | "cut" | "slow";
  /** nothing was taken away since everything was last seen in order: now refusals need a reason */
  isCalm: boolean;
  /**
   * who lost records since everything was last seen in order; one side makes good what the other forgot, but nobody knows
   * what both did
   */
  readonly forgot: { host: boolean; dpu: boolean };
  /** VFs' PCI addresses are further on than usual */
  isRenumbered: boolean;
}

export function newModel(): Model {
  return {
    fates: slots.map(() => "absent"),
    state: { daemon: "running", agent: "running" },
    link: "whole",
    isCalm: true,
    forgot: { host: false, dpu: false },
    isRenumbered: false,
  };
}

export function afterAdd(fate: Fate, answer: Answer): Fate {
  if (answer === "done") return "alive";
  return answer === "unheard" && fate === "absent" ? "unknown" : fate;
}

export function afterDel(fate: Fate, answer: Answer): Fate {
  if (answer === "done") return "absent";
  return fate === "alive" ? "unknown" : fate;
}

/** GC keeps what the runtime believes to live. */
export function afterGc(fate: Fate, answer: Answer): Fate {
  return answer === "done" && fate === "unknown" ? "absent" : fate;
}

/** The pod's namespace, the VF or the record is gone, and the runtime has yet to say so. */
export function afterLoss(fate: Fate): Fate {
  return fate === "absent" ? "absent" : "lost";
}

export function isValid(fate: Fate): boolean {
  return fate === "alive" || fate === "lost";
}

/** VFs that nobody can have. */
export function surelyFree({ fates }: Model): number {
  return vfsPerNode - fates.filter((fate) => fate !== "absent").length;
}

/** What is wrong with an answer to one call that nothing disturbed; undefined when nothing is. */
export function contradiction(
  { isCalm, state }: Pick<Model, "isCalm" | "state">,
  call: {
    readonly kind: "add" | "del" | "check" | "gc" | "status";
    readonly fate: Fate;
    readonly free: number;
  },
  answer: Answer,
): string | undefined {
  const { kind, fate, free } = call;
  switch (kind) {
    case "add":
      if (answer === "done" && fate === "alive")
        return "a second ADD of a living attachment succeeded";
      if (!isCalm || fate !== "absent" || free <= 0 || answer === "done") return undefined;
      return `ADD failed although ${free} VFs are free and nothing is wrong`;
    case "del":
      // Whatever the DPU does, DEL works: what it cannot finish it writes down.
      return state.daemon === "running" && answer !== "done"
        ? "DEL failed with a running daemon"
        : undefined;
    case "check":
      if (answer === "done" && fate === "absent") return "CHECK passed for what is deleted";
      return isCalm && fate === "alive" && answer !== "done"
        ? "CHECK of a living attachment failed"
        : undefined;
    case "gc":
    case "status":
      return isCalm && answer !== "done" ? `${kind} failed although nothing is wrong` : undefined;
  }
}
