/** GC matches the pair of container and interface, not the container. */

import { mustSucceed } from "../../expect.ts";
import { attachForGc, entry, gc, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc04: RequirementCheck = {
  id: "GC-04",
  level: "IMPL",
  section: "2 GC",
  title: "GC matches the pair of container and interface, not the container",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const eth0 = await attachForGc(subject, t);
    const net1 = await attachForGc(subject, t, { pod: eth0.pod, ifname: "net1" });
    const what = "GC with eth0 valid";
    mustSucceed(t, await gc(subject, t, { valid: [entry(eth0)] }), what);
    await mustBeThere(t, net1, { there: false, what });
    await mustBeThere(t, eth0, { there: true, what });
  },
};
