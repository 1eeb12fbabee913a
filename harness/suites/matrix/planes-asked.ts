/** Which planes a run of the matrix has: those of --dataplane (several with commas) and --plugin, else the usual ones. */
import type { RunOptions } from "../../core/suite-factory.ts";
import { chooseDataplane } from "../../install/dataplanes/choose-dataplane.ts";
import { offloadOver } from "../../install/offload.ts";
import { chooseTargets } from "../../targets/choose-targets.ts";
import { nodeDns, type PlaneSpec } from "./plane.ts";

const usualDataplanes = ["routed", "delegate:bridge", "delegate:ptp"];
/** beside them, for what a plugin without a card does */
const usualPlugins = ["bridge", "ptp"];

type Asked = Pick<RunOptions, "dataplane" | "plugins" | "installers">;

/** Throws UsageError for a dataplane or plugin there is not. */
export function planesAsked(options: Asked & RunOptions): readonly PlaneSpec[] {
  const { dataplane, plugins } = options;
  const words = dataplane?.split(/,(?!join=)/) ?? (plugins.length > 0 ? [] : usualDataplanes);
  const foreign = plugins.length > 0 ? plugins : dataplane === undefined ? usualPlugins : [];
  const { dataplane: _, ...rest } = options;
  return [
    ...words.map((word): PlaneSpec => {
      const hostAddresses = Object.values(nodeDns);
      const installer = offloadOver(word, { isManaged: true, hostAddresses });
      const { isFlat = false } = chooseDataplane(word);
      return { name: word, installer, nodeCount: 2, isFlat };
    }),
    ...(foreign.length === 0 ? [] : chooseTargets({ ...rest, plugins: foreign }, [])).map(
      ({ installer }): PlaneSpec => ({ name: `plugin:${installer.name}`, installer, nodeCount: 1 }),
    ),
  ];
}
