/** STATUS fails with the delegate's error. */
import { mustFail } from "../../expect.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta09: RequirementCheck = {
  id: "STA-09",
  level: "SHOULD",
  section: "2 STATUS",
  title: "STATUS fails with the delegate's error",
  since: "1.1.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    await double.on("STATUS", refusal(50, "the delegate is not ready"));
    const called = await double.call(t, "STATUS");
    mustFail(t, called, { what: "STATUS with a delegate that is not ready", codes: [50] });
  },
};
