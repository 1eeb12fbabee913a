/** GC runs the delegate's GC with the same configuration and list. */

import { gcKeys } from "../../../../runtime/derive.ts";
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc11: RequirementCheck = {
  id: "GC-11",
  level: "MUST",
  section: "2 GC",
  title: "GC runs the delegate's GC with the same configuration and list",
  since: "1.1.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const valid = [{ containerID: "some-container", ifname: subject.ifname }];
    const list = Object.fromEntries(gcKeys.map((key) => [key, valid]));
    const config = { ...list, "vendor.example/key": [1, null] };
    const called = await double.call(t, "GC", { network: "gcnet", config });
    mustSucceed(t, called, "GC with a delegate");
    const call = (await double.calls()).find(({ verb }) => verb === "GC");
    t.must(call, "GC should run the delegate");
    t.equal(JSON.parse(call.stdin), JSON.parse(called.evidence.stdin), "the delegate's stdin");
  },
};
