/** What an ADD took is known to every later verb, also after its daemons were restarted. */
import { compareVersions } from "../../../../spec/version.ts";
import { duringOutages } from "../../during-outages.ts";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const lif02: RequirementCheck = {
  id: "LIF-02",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "what an ADD took is known to every later verb, also after its daemons were restarted",
  timeoutMs: 60_000,
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    const taken = readable(t, prevResult).ips.map(({ address }) => address);
    const stopped = subject.outages.filter(({ kind }) => kind === "stopped");
    const restarts = stopped.map((outage) => async () => {
      await duringOutages(subject, t, { outages: [outage], work: async () => {} });
      return `after a restart of the ${outage.name}`;
    });
    for (const restart of [async () => "at once", ...restarts]) {
      const when = await restart();
      if (compareVersions(subject.newest, "0.4.0") >= 0) {
        mustSucceed(t, await subject.call(t, "CHECK", { pod, prevResult }), `CHECK ${when}`);
      }
      const next = await subject.pod(t);
      const added = await subject.call(t, "ADD", { pod: next });
      const { ips } = readable(t, mustSucceed(t, added, `another ADD ${when}`));
      const twice = ips.map(({ address }) => address).filter((address) => taken.includes(address));
      t.equal(twice, [], `addresses of the first container that another gets ${when}`);
      mustSucceed(t, await subject.call(t, "DEL", { pod: next }), `its DEL ${when}`);
    }
    mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL of the first");
    await mustBecome(t, subject, { state: before, what: "DEL after it all" });
  },
};
