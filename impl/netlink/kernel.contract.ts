/** The laws of `kernel.ts`, run over every implementation: what holds of one kernel holds of the other. */
import { addressLaws } from "./laws/address-laws.ts";
import { batchLaws } from "./laws/batch-laws.ts";
import { filterLaws } from "./laws/filter-laws.ts";
import { frameLaws } from "./laws/frame-laws.ts";
import type { LawWorld } from "./laws/law-world.ts";
import { linkLaws } from "./laws/link-laws.ts";
import { moveLaws } from "./laws/move-laws.ts";
import { namespaceLaws } from "./laws/namespace-laws.ts";
import { neighLaws } from "./laws/neigh-laws.ts";
import { redirectLaws } from "./laws/redirect-laws.ts";
import { routeLaws } from "./laws/route-laws.ts";
import { watchLaws } from "./laws/watch-laws.ts";

export function kernelLaws(world: LawWorld): void {
  for (const laws of [
    namespaceLaws,
    linkLaws,
    moveLaws,
    addressLaws,
    batchLaws,
    routeLaws,
    neighLaws,
    redirectLaws,
    filterLaws,
    frameLaws,
    watchLaws,
  ]) {
    laws(world);
  }
}
