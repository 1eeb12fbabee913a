/** CHECK looks and does not repair: nothing changes, whether it succeeds or fails. */

import { containerAddresses } from "../../../../spec/result.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { attach, checkOf } from "../../attached.ts";
import { ipAt } from "../../drift.ts";
import { mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk14: RequirementCheck = {
  id: "CHK-14",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK looks and does not repair: nothing changes, whether it succeeds or fails",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    const { pod, ifname, result } = attached;
    const unchanged = async (what: string) => {
      const before = await ipFacts(pod.place);
      await mustLeaveUnchanged(t, subject, { what, work: () => checkOf(subject, t, attached) });
      t.equal(await ipFacts(pod.place), before, `the pod after ${what}`);
    };
    await unchanged("CHECK");
    const [address] = containerAddresses(readable(t, result), ifname);
    if (address === undefined) return;
    await ipAt(t, pod.place, "address", "del", address, "dev", ifname);
    await unchanged(`CHECK without ${address}`);
  },
};
