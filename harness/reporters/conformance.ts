/** Writes the conformance report of each plugin that was judged: conformance/NAME.yaml and .json beside the record. */
import { stringify } from "yaml";
import type { Reporter } from "../core/event.ts";
import type { RunFolder } from "../core/run-folder.ts";
import { judgedIn } from "./conformance-counts.ts";
import { conformanceReport } from "./conformance-report.ts";

export function conformanceReporter(
  folder: Pick<RunFolder, "write">,
  harnessVersion: string,
): Reporter {
  return {
    name: "conformance",
    async on(event) {
      if (event.kind !== "runFinished") return;
      for (const judged of judgedIn(event.record)) {
        const report = conformanceReport(event.record, judged, harnessVersion);
        const path = `conformance/${judged.plugin.name}`;
        await folder.write(`${path}.yaml`, stringify(report, { lineWidth: 0 }));
        await folder.write(`${path}.json`, `${JSON.stringify(report, undefined, 2)}\n`);
      }
    },
  };
}
