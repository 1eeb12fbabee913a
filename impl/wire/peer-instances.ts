/** Which start of the other side is the living one: the last that was new. One that another has followed stays retired. */

/** unary calls carry the daemon's, their answers the agent's; the health stream has it in its messages */
export const hostInstanceHeader = "offload-host-instance";
export const agentInstanceHeader = "offload-agent-instance";
/** the runtime's call that made the daemon ask, for the logs of both sides */
export const requestHeader = "offload-request";

const remembered = 1024;

export class PeerInstances {
  readonly #retired = new Set<string>();
  #current: string | undefined;

  get current(): string | undefined {
    return this.#current;
  }

  isRetired(id: string): boolean {
    return this.#retired.has(id);
  }

  /** Of one that has just proven to be alive. `retired` changes nothing: another has followed it. */
  meet(id: string): "first" | "same" | "next" | "retired" {
    if (this.#retired.has(id)) return "retired";
    const before = this.#current;
    this.#current = id;
    if (before === undefined) return "first";
    if (before === id) return "same";
    this.#retired.add(before);
    const oldest = this.#retired.values().next().value;
    if (this.#retired.size > remembered && oldest !== undefined) this.#retired.delete(oldest);
    return "next";
  }
}
