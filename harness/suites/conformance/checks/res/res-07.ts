/** PciID of the result is a PCI device of the node, and absent before 1.1.0. */

import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res07: RequirementCheck = {
  id: "RES-07",
  level: "MAY",
  section: "5 ADD Success",
  title: "pciID of the result is a PCI device of the node, and absent before 1.1.0",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-07",
      async look({ version, result }) {
        for (const { name, pciID } of result.interfaces) {
          if (pciID === undefined) continue;
          const device = `${subject.node.paths.sysfsRoot}/bus/pci/devices/${pciID}`;
          const { exitCode } = await subject.node.host.exec(["test", "-e", device]);
          const what = `pciID "${pciID}" of ${name} in the result for ${version}`;
          t.must(!pciID.includes("/") && exitCode === 0, `${what} should be in sysfs`);
        }
      },
    });
  },
};
