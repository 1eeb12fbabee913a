/** A chained plugin reads prevResult in the version of the configuration and keeps its fields. */
import { earlierResult, earlyEntries } from "../../earlier.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn05: RequirementCheck = {
  id: "CHN-05",
  level: "IMPL",
  section: "3",
  title:
    "A chained plugin reads prevResult in the version of the configuration and keeps its fields",
  since: "0.3.0",
  roles: ["chained"],
  async run(subject: Subject, t: Judge) {
    const { plugin, newest } = subject;
    const versions = ["0.3.1", newest].filter((version) => plugin.versions.includes(version));
    for (const version of versions) {
      const pod = await subject.pod(t);
      const sent = earlierResult(subject, pod, version);
      const called = await subject.call(t, "ADD", { pod, version, prevResult: sent });
      const got = readable(t, mustSucceed(t, called, `ADD with prevResult of ${version}`));
      t.equal(got.cniVersion, version, "the version of the result");
      t.equal(earlyEntries(got), earlyEntries(sent), `the fields of ${version} in the result`);
      await subject.call(t, "DEL", { pod, version, prevResult: got });
    }
  },
};
