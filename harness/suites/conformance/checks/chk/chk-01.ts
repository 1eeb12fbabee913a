/** CHECK takes what it expects from prevResult. */

import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** an address of documentation that no plugin gave */
function elsewhere(address: string): string {
  return address.includes(":") ? "2001:db8::77/128" : "203.0.113.77/32";
}

export const chk01: RequirementCheck = {
  id: "CHK-01",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK takes what it expects from prevResult",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { pod, document, result } = await subject.sample(subject.newest);
    const good = await subject.call(t, "CHECK", { pod, prevResult: document });
    mustSucceed(t, good, "CHECK with the result of ADD");
    const ips = result.ips.map((ip, i) =>
      i === 0 ? { ...ip, address: elsewhere(ip.address) } : ip,
    );
    const other = { ...result, ips };
    const called = await subject.call(t, "CHECK", { pod, prevResult: other });
    mustFail(t, called, { what: "CHECK with another address in prevResult" });
  },
};
