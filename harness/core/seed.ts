/** Seeds: one number per run, from which each suite and check derives its own. */
import { createHash, randomInt } from "node:crypto";

/** Fits in 31 bits, so that it can be typed and survives every generator's integer type. */
export function newSeed(): number {
  return randomInt(2 ** 31 - 1);
}

/** The same for the same seed and text on every machine. */
export function mixSeed(seed: number, text: string): number {
  return createHash("sha256").update(`${seed}:${text}`).digest().readUInt32BE(0) >>> 1;
}
