/**
 * The twenty instants between two steps of ADD and DEL at which a fault strikes, and where each is in our product. The
 * letters are the catalogue's; its order of steps is not ours everywhere:
 *
 * * A3 before A2: the intent names the VF, so the VF is chosen (held in memory) before the intent is written.
 * * A4 and A5 are the agent's, and run side by side with A6: the VF moves while the DPU makes the port. A fault at A4 or
 *   A5 therefore finds the VF moved already, nearly always; A6 holds the move while the agent goes on and answers.
 * * A6 is also the renaming: moving and naming are one request to the kernel. A7 is MAC, MTU and up in one request, after
 *   the addresses; routes need a link that is up and follow (A8).
 * * D3 and D6 are the agent's, after D4 and D5: the VF leaves the pod before its addresses are freed. D3 is when the
 *   addresses are free again, D6 when the port is gone and the reply not yet sent.
 * * D8 before D7: a VF is free when no record owns it, so the record goes first, from the disk, then from memory.
 * * A11 is the relay's: its stdout is a full pipe. D9 is the daemon's, before it answers: DEL prints nothing.
 */

/** Where the instant is, and thus which process "the daemon" is that dies at it. */
export type Owner = "daemon" | "agent" | "relay";

export interface Boundary {
  readonly id: string;
  readonly verb: "ADD" | "DEL";
  readonly owner: Owner;
  /** the instant's name in impl/base/pause.ts; none for the relay's */
  readonly instant?: string;
  readonly title: string;
}

export const boundaries: readonly Boundary[] = [
  at("A1", "daemon", "add-begun", "before any side effect"),
  at("A2", "daemon", "add-intent-recorded", "intent recorded"),
  at("A3", "daemon", "add-vf-chosen", "VF chosen and held"),
  at("A4", "agent", "addresses-reserved", "addresses chosen"),
  at("A5", "agent", "port-added", "DPU port programmed, reply not sent"),
  at("A6", "daemon", "add-vf-moved", "VF moved into the pod and named"),
  at("A7", "daemon", "add-link-set", "MAC and MTU set, link up"),
  at("A8", "daemon", "add-wired", "addresses and routes set, carrier there"),
  at("A9", "daemon", "add-announced", "announced"),
  at("A10", "daemon", "add-committed", "record committed"),
  { id: "A11", verb: "ADD", owner: "relay", title: "result in a full pipe" },
  at("D1", "daemon", "del-begun", "before any side effect"),
  at("D2", "daemon", "del-record-loaded", "record loaded"),
  at("D3", "agent", "addresses-released", "addresses free again"),
  at("D4", "daemon", "del-vf-taken", "VF taken out of the pod"),
  at("D5", "daemon", "del-vf-restored", "VF renamed and restored"),
  at("D6", "agent", "port-deleted", "DPU port removed, reply not sent"),
  at("D7", "daemon", "del-vf-freed", "VF free"),
  at("D8", "daemon", "del-record-deleted", "record deleted from the disk"),
  at("D9", "daemon", "del-answering", "about to answer"),
];

function at(id: string, owner: Owner, instant: string, title: string): Boundary {
  return { id, verb: id.startsWith("A") ? "ADD" : "DEL", owner, instant, title };
}
