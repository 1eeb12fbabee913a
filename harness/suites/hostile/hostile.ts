/** The suite hostile: who holds a host and a pod on it can neither speak for others nor hear them, nor flood them. */
import type { Check } from "../../core/check.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { plantedBug } from "../../install/planted.ts";
import { attacks } from "./attacks.ts";
import { attackFails } from "./checks/attack-fails.ts";
import { dropsCounted } from "./checks/drops-counted.ts";
import { flushedRules } from "./checks/flushed-rules.ts";
import { limitHolds } from "./checks/limit-holds.ts";
import { pairsProven } from "./checks/pairs-proven.ts";
import { promiscuous } from "./checks/promiscuous.ts";
import { secondVf } from "./checks/second-vf.ts";
import { HostileFixture } from "./hostile-fixture.ts";

const title = "a hostile host cannot speak for other pods, hear them or flood them";

const checks: readonly Check<HostileFixture>[] = [
  pairsProven,
  ...attacks.map(attackFails),
  secondVf,
  promiscuous,
  dropsCounted,
  flushedRules,
  limitHolds,
];

export const hostile: SuiteFactory = {
  name: "hostile",
  title,
  isDefault: false,
  create({ plugins, dataplane, plant }): Suite<HostileFixture> {
    if (plant !== undefined) plantedBug(plant);
    return {
      name: "hostile",
      title,
      checks: () => checks,
      async open(context) {
        if (plugins.length > 0 && !plugins.includes("offload")) {
          const message = "hostile is judged over offload, --plugin leaves it out";
          throw new OutcomeSignal({ kind: "notApplicable", message });
        }
        return HostileFixture.open(context, { dataplane, plantedBug: plant, podsPerNode: 3 });
      },
    };
  },
};
