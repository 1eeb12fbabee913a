/** CHECK fails when the pod is known to be unreachable: its port on the DPU is down. */
import { ipFacts } from "../../../ip-facts.ts";
import { checkOf } from "../../attached.ts";
import { ipAt } from "../../drift.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { attachWithPort } from "../../port.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk10: RequirementCheck = {
  id: "CHK-10",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when the pod is known to be unreachable: its port on the DPU is down",
  since: "0.4.0",
  needs: ["daemon"],
  async run(subject: Subject, t: Judge) {
    const { dpu } = subject.node;
    const attached = await attachWithPort(subject, t);
    const { dev } = attached.routes[0];
    if (dev === undefined) t.notApplicable("its route on the DPU names no port");
    await ipAt(t, dpu, "link", "set", dev, "down");
    t.cleanup(() => dpu.exec(["ip", "link", "set", dev, "up"]));
    const called = await checkOf(subject, t, attached);
    // One that watches the kernel may have put the port up by itself.
    const port = (await ipFacts(dpu)).links.find(({ name }) => name === dev);
    if (port?.up !== true) mustFail(t, called, { what: `CHECK with ${dev} down` });
  },
};
