/** An interface plugin late in a list appends to prevResult and counts on from it, or refuses. */
import { earlierResult, earlyEntries } from "../../earlier.ts";
import { mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn03: RequirementCheck = {
  id: "CHN-03",
  level: "IMPL",
  section: "5 ADD Success",
  title:
    "An interface plugin late in a list appends to prevResult and counts on from it, or refuses",
  since: "0.3.0",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const before = await subject.state();
    const sent = earlierResult(subject, pod, subject.newest);
    const { answer } = await subject.call(t, "ADD", { pod, prevResult: sent });
    if (answer.kind === "error") {
      await mustBecome(t, subject, { state: before, what: "ADD that refuses prevResult" });
      return;
    }
    const got = readable(t, answer.document);
    const early = earlyEntries(got);
    // One that forgets all of it is judged by CHN-01.
    if (early.interfaces.length + early.ips.length + early.routes.length === 0) {
      t.notApplicable("its result has nothing of prevResult");
    }
    t.equal(early, earlyEntries(sent), "what earlier plugins left, after ADD");
    const first = got.interfaces.slice(0, sent.interfaces.length);
    t.equal(first, sent.interfaces, "the first interfaces of the result");
    const own = got.ips.filter(({ address }) => !address.startsWith("203.0.113."));
    const wrong = own.filter((ip) => got.interfaces[ip.interface ?? -1]?.name !== subject.ifname);
    t.equal(wrong, [], `its own addresses that do not point at ${subject.ifname}`);
  },
};
