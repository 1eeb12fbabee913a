/** The result is accepted again as prevResult, in the same version and with its keys in another order. */
import { compareVersions } from "../../../../spec/version.ts";
import { given, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res18: RequirementCheck = {
  id: "RES-18",
  level: "IMPL",
  section: "2 CHECK",
  title:
    "the result is accepted again as prevResult, in the same version and with its keys in another order",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const versions = subject.plugin.versions.filter((each) => compareVersions(each, "0.4.0") >= 0);
    for (const version of versions) {
      const pod = await subject.pod(t);
      const added = await subject.call(t, "ADD", { pod, version });
      const prevResult = turned(given(t, added, `ADD with cniVersion ${version}`));
      const what = `with its own result of ${version} as prevResult`;
      const checked = await subject.call(t, "CHECK", { pod, version, prevResult });
      mustSucceed(t, checked, `CHECK ${what}`);
      mustSucceed(t, await subject.call(t, "DEL", { pod, version, prevResult }), `DEL ${what}`);
    }
  },
};

/** The same document as another program may write it: keys the other way round. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([key, inner]) => [key, turned(inner)]));
}
