/** The suite connectivity: pods on two nodes, attached through the offload, exchange traffic whose every byte is checked. */

import type { Check } from "../../core/check.ts";
import type { Installer } from "../../core/installation.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { chooseDataplane } from "../../install/dataplanes/choose-dataplane.ts";
import { offloadOver } from "../../install/offload.ts";
import { addressesUnique } from "./checks/addresses-unique.ts";
import { checkPasses } from "./checks/check-passes.ts";
import { dpuToPod } from "./checks/dpu-to-pod.ts";
import { firstPacket } from "./checks/first-packet.ts";
import { interfaceAsResult } from "./checks/interface-as-result.ts";
import { mtuOfPath } from "./checks/mtu-of-path.ts";
import { parallelAdd } from "./checks/parallel-add.ts";
import { pathMtu } from "./checks/path-mtu.ts";
import { reach } from "./checks/reach.ts";
import { recreatedInPlace } from "./checks/recreated-in-place.ts";
import { tcpData } from "./checks/tcp-data.ts";
import { udpSize } from "./checks/udp-sizes.ts";
import { vfFromPool } from "./checks/vf-from-pool.ts";
import { vfReturns } from "./checks/vf-returns.ts";
import { families, scopes } from "./pairs.ts";
import { type Population, populate } from "./population.ts";

const title = "pods reach each other through the offload, on one node and across nodes";

const paths = scopes.flatMap((scope) => families.map((family) => [scope, family] as const));

const checks: readonly Check<Population>[] = [
  parallelAdd,
  addressesUnique,
  interfaceAsResult,
  vfFromPool,
  checkPasses,
  ...paths.map(([scope, family]) => reach(scope, family)),
  ...paths.map(([scope, family]) => tcpData(scope, family)),
  ...paths.map(([scope, family]) => udpSize("mtu", scope, family)),
  ...paths.map(([scope, family]) => udpSize("fragmented", scope, family)),
  mtuOfPath,
  ...families.map(pathMtu),
  ...families.map(dpuToPod),
  ...families.map(firstPacket),
  recreatedInPlace,
  vfReturns,
];

export const connectivity: SuiteFactory = {
  name: "connectivity",
  title,
  isDefault: true,
  makesPods: true,
  create({ pods, plugins, installers, dataplane, runtime = "double" }): Suite<Population> {
    const installer: Installer = installers?.[0] ?? offloadOver(dataplane, { provesPairs: true });
    return {
      name: "connectivity",
      title,
      checks: () => checks,
      async open(context) {
        if (plugins.length > 0 && !plugins.includes(installer.name)) {
          throw new OutcomeSignal({
            kind: "notApplicable",
            message: `connectivity is judged over ${installer.name}, --plugin leaves it out`,
          });
        }
        const { isFlat = false } = installers === undefined ? chooseDataplane(dataplane) : {};
        return populate(context, { installer, podsPerNode: pods, runtime, isFlat });
      },
    };
  },
};
