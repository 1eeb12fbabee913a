/** STATUS runs the delegate's STATUS with the complete configuration. */
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta08: RequirementCheck = {
  id: "STA-08",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS runs the delegate's STATUS with the complete configuration",
  since: "1.1.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const called = await double.call(t, "STATUS", { config: { "vendor.example/key": [1, null] } });
    mustSucceed(t, called, "STATUS with a delegate");
    const call = (await double.calls()).find(({ verb }) => verb === "STATUS");
    t.must(call, "STATUS should run the delegate");
    t.equal(JSON.parse(call.stdin), JSON.parse(called.evidence.stdin), "the delegate's stdin");
  },
};
