/** The laws of `kernel.ts`, run over every implementation: what holds of one kernel holds of the other. */
import type { Kernel, NamespaceMaker } from "./kernel.ts";
import { addressLaws } from "./laws/address-laws.ts";
import { linkLaws } from "./laws/link-laws.ts";
import { moveLaws } from "./laws/move-laws.ts";
import { namespaceLaws } from "./laws/namespace-laws.ts";
import { neighLaws } from "./laws/neigh-laws.ts";
import { routeLaws } from "./laws/route-laws.ts";
import { watchLaws } from "./laws/watch-laws.ts";

export interface LawWorld {
  readonly name: string;
  readonly kernel: () => Kernel & NamespaceMaker;
  /** a folder for namespace paths; it must be writable */
  readonly folder: () => string;
  /** Puts a file that is no namespace at a path. */
  readonly plainFile: (path: string) => void;
  /** why the laws cannot run here, or false */
  readonly skip: string | false;
}

export function kernelLaws(world: LawWorld): void {
  for (const laws of [
    namespaceLaws,
    linkLaws,
    moveLaws,
    addressLaws,
    routeLaws,
    neighLaws,
    watchLaws,
  ]) {
    laws(world);
  }
}
