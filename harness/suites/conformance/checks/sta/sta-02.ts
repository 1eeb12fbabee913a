/** STATUS that fails says so by its exit status and an error object on stdout. */

import { errorObject } from "../../../../spec/error.ts";
import { IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import { lookAtOutages } from "../../outage-looks.ts";
import { parseJson } from "../../parse-json.ts";
import type { Called } from "../../plugin-call.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta02: RequirementCheck = {
  id: "STA-02",
  level: "MUST",
  section: "2 STATUS",
  title: "STATUS that fails says so by its exit status and an error object on stdout",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const seen: string[] = [];
    const judge = (called: Called, when: string) => {
      if (called.answer.kind === "success") return;
      seen.push(when);
      const { exitCode, stdout } = called.evidence;
      t.must(exitCode !== 0, `STATUS should exit with a failure when ${when}, it exits with 0`);
      const isError = errorObject.safeParse(parseJson(stdout)).success;
      t.must(isError, `STATUS should print an error object on stdout when ${when}`);
    };
    const looks = subject.outages.length === 0 ? [] : await lookAtOutages(subject, t);
    for (const { what, status } of looks) {
      if (status === undefined) continue;
      t.evidence(status.evidence);
      judge(status, what);
    }
    if (subject.plugin.claims?.includes("delegates")) {
      const double = await IpamDouble.place(subject, t);
      await double.on("STATUS", refusal(50, "the delegate is not ready"));
      judge(await double.call(t, "STATUS"), "the delegate is not ready");
    }
    if (seen.length === 0) t.notApplicable("nothing is known that makes its STATUS fail");
  },
};
