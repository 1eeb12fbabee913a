/** A delegate gets the complete network configuration. */
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { Called } from "../../plugin-call.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg03: RequirementCheck = {
  id: "DLG-03",
  level: "MUST",
  section: "4",
  title: "A delegate gets the complete network configuration",
  since: "1.0.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const pod = await subject.pod(t);
    const config = {
      "vendor.example/key": { nested: [1, null, "text"] },
      runtimeConfig: { ips: ["198.51.100.7/24"] },
      args: { cni: { label: "marked" } },
    };
    const added = await double.call(t, "ADD", { pod, config });
    const prevResult = mustSucceed(t, added, "ADD with a delegate");
    const deleted = await double.call(t, "DEL", { pod, config, prevResult });
    mustSucceed(t, deleted, "DEL with a delegate");
    const calls = await double.calls();
    const same = (called: Called, verb: string) => {
      const got = calls.find((call) => call.verb === verb)?.stdin ?? "null";
      t.equal(
        JSON.parse(got),
        JSON.parse(called.evidence.stdin),
        `the delegate's stdin at ${verb}`,
      );
    };
    same(added, "ADD");
    same(deleted, "DEL");
  },
};
