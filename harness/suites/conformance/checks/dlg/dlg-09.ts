/** A plugin that fails after its IPAM plugin succeeded has it release the address. */
import { mustFail } from "../../expect.ts";
import { ipamAnswer } from "../../ipam-answer.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg09: RequirementCheck = {
  id: "DLG-09",
  level: "IMPL",
  section: "4",
  title: "A plugin that fails after its IPAM plugin succeeded has it release the address",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const answer = await ipamAnswer(subject);
    // The kernel refuses a route by a gateway that is on no link, and ADD comes to that late.
    const routes = [{ dst: "198.51.100.0/24", gw: "203.0.113.1" }];
    await double.on("ADD", { stdout: { ...answer, routes } });
    const pod = await subject.pod(t);
    const added = await double.call(t, "ADD", { pod });
    mustFail(t, added, { what: "ADD with a route by a gateway on no link" });
    const [first, ...others] = await double.verbs();
    if (first !== "ADD") t.blocked("the delegate was not called");
    t.must(others.includes("DEL"), "a failed ADD should run DEL of its delegate");
  },
};
