/** VFs that nobody gets although they are free: while they are proven to be what the DPU takes them for, and when they are not. */
import type { Log } from "../base/log.ts";

export class HeldBack {
  readonly #log: Log;
  readonly #held = new Set<string>();
  readonly #condemned = new Map<string, string>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** For a moment: they count as free. */
  hold(pciAddress: string): void {
    this.#held.add(pciAddress);
  }

  release(pciAddress: string): void {
    this.#held.delete(pciAddress);
  }

  isHeld(pciAddress: string): boolean {
    return this.#held.has(pciAddress);
  }

  /** @param reason why no pod may have it; undefined: it may */
  condemn(pciAddress: string, reason: string | undefined): void {
    const before = this.#condemned.get(pciAddress);
    if (reason === before) return;
    if (reason === undefined) {
      this.#condemned.delete(pciAddress);
      this.#log.info("vf is fit again", { vf: pciAddress });
      return;
    }
    this.#condemned.set(pciAddress, reason);
    this.#log.error("vf is quarantined", { vf: pciAddress, reason });
  }

  /** undefined: nothing is against it */
  reason(pciAddress: string): string | undefined {
    return this.#condemned.get(pciAddress);
  }

  /** The first, for advice. */
  first(): readonly [pciAddress: string, reason: string] | undefined {
    return this.#condemned.entries().next().value;
  }

  /** The card has it no more. */
  forget(pciAddress: string): void {
    this.#held.delete(pciAddress);
    this.#condemned.delete(pciAddress);
  }
}
