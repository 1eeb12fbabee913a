/** What VERSION claims is true: each listed version works from ADD to DEL, and no other does. */
import {
  compareVersions,
  isReleased,
  releasedVersions,
  verbExists,
} from "../../../../spec/version.ts";
import { claimedVersions } from "../../claimed-versions.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** One life of an attachment in this version. */
async function mustWork(subject: Subject, t: Judge, version: string) {
  const pod = await subject.pod(t);
  t.cleanup(() => subject.quietCall("DEL", { pod, version }));
  const added = await subject.call(t, "ADD", { pod, version });
  const prevResult = mustSucceed(t, added, `ADD with cniVersion ${version}`);
  // Its shape is for the checks of RES.
  const others = added.answer.violations.filter((one) => one.startsWith("the result is of "));
  t.equal(others, [], `the result of ADD should be one of ${version}`);
  const verbs = verbExists("CHECK", version) ? (["CHECK", "DEL"] as const) : (["DEL"] as const);
  for (const verb of verbs) {
    const called = await subject.call(t, verb, {
      pod,
      version,
      ...(verbExists("CHECK", version) && { prevResult }),
    });
    mustSucceed(t, called, `${verb} with cniVersion ${version}`);
  }
}

export const ver04: RequirementCheck = {
  id: "VER-04",
  level: "IMPL",
  section: "1",
  title: "every version in supportedVersions works from ADD to DEL, every other is refused",
  since: "0.3.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const claimed = (await claimedVersions(subject, t)).filter(isReleased);
    for (const version of claimed) {
      // The earlier plugins of a list speak for themselves: what they print in 0.2.0 need not be of use here.
      if (subject.plugin.role === "chained" && compareVersions(version, "0.3.0") < 0) continue;
      await mustWork(subject, t, version);
    }
    const pod = await subject.pod(t);
    for (const version of releasedVersions.filter((one) => !claimed.includes(one))) {
      const called = await subject.call(t, "ADD", { pod, config: { cniVersion: version } });
      // With which code is ERR-05's.
      mustFail(t, called, { what: `ADD with cniVersion ${version}, not claimed,` });
    }
  },
};
