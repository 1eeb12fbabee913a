/** CHECK fails when an address is missing. */

import { anyResult, containerAddresses } from "../../../../spec/result.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk05: RequirementCheck = {
  id: "CHK-05",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when an address is missing",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
    const result = anyResult.parse(prevResult);
    const [address] = containerAddresses(result, "eth0");
    t.must(address, "the result should have an address");
    await pod.place.exec(["ip", "address", "del", address, "dev", "eth0"]);
    const called = await subject.call(t, "CHECK", { pod, prevResult });
    mustFail(t, called, { what: `CHECK without ${address}` });
  },
};
