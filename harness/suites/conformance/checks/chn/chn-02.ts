/** A chained plugin returns prevResult with its own changes and no others. */
import { earlierResult, earlyEntries } from "../../earlier.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn02: RequirementCheck = {
  id: "CHN-02",
  level: "MUST",
  section: "5 ADD Success",
  title: "A chained plugin returns prevResult with its own changes and no others",
  since: "1.0.0",
  roles: ["chained"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const sent = earlierResult(subject, pod, subject.newest);
    const called = await subject.call(t, "ADD", { pod, prevResult: sent });
    const got = readable(t, mustSucceed(t, called, "ADD with prevResult"));
    t.equal(earlyEntries(got), earlyEntries(sent), "what earlier plugins left, after ADD");
    const names = (result: typeof sent) => result.interfaces.map(({ name }) => name);
    const kept = names(got).filter((name) => names(sent).includes(name));
    t.equal(kept, names(sent), "the interfaces of prevResult, in their order");
    const addresses = (result: typeof sent) => result.ips.map(({ address }) => address);
    const keptAddresses = addresses(got).filter((address) => addresses(sent).includes(address));
    t.equal(keptAddresses, addresses(sent), "the addresses of prevResult, in their order");
  },
};
