/** The suite bench: figures of the offload beside foreign plugins and the kernel's limits, measured in turn in one run. */
import type { Check } from "../../core/check.ts";
import type { Installer } from "../../core/installation.ts";
import type { Suite } from "../../core/suite.ts";
import type { SuiteFactory } from "../../core/suite-factory.ts";
import { offloadInstaller, offloadOver } from "../../install/offload.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { addDel } from "./checks/add-del.ts";
import { churn } from "./checks/churn.ts";
import { cpuSplit } from "./checks/cpu-split.ts";
import { growth } from "./checks/growth.ts";
import { hostCpuOfAddDel } from "./checks/host-cpu.ts";
import { parallelAdd } from "./checks/parallel-add.ts";
import { traffic } from "./checks/traffic.ts";
import { openStand, type Stand } from "./stand.ts";

const title = "how fast the offload is, beside foreign plugins and the kernel's own limits";

const checks: readonly Check<Stand>[] = [
  addDel,
  hostCpuOfAddDel,
  ...parallelAdd,
  churn,
  ...traffic,
  cpuSplit,
  growth(),
];

export const bench: SuiteFactory = {
  name: "bench",
  title,
  isDefault: false,
  wantsNodes: 8,
  create(options): Suite<Stand> {
    const installers = chooseTargets(options, ["offload", "bridge", "ptp"]).map(
      ({ installer }) => installer,
    );
    const { runs, plugins, targets = [], dataplane, installers: given } = options;
    // Over the usual dataplane the other one is measured beside it, by either way of joining.
    const isUsual = plugins.length === 0 && targets.length === 0 && dataplane === undefined;
    const isOurs = isUsual && given === undefined;
    return {
      name: "bench",
      title,
      checks: () => checks,
      open: (context) =>
        openStand(context, {
          installers: isOurs ? installers.map(managed) : installers,
          ...(isOurs && { delegates: bothJoins(), grower: offloadInstaller }),
          ...(runs !== undefined && { runs }),
        }),
    };
  },
};

/** With a management VF, by which the host reaches its pods. */
const isManaged = true;

function managed(installer: Installer): Installer {
  return installer.name === "offload" ? offloadOver(undefined, { isManaged }) : installer;
}

function bothJoins() {
  return {
    delegate: offloadOver("delegate:bridge", { isManaged }),
    "delegate-mirred": offloadOver("delegate:bridge,join=mirred", { isManaged }),
  };
}
