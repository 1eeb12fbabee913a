/** An error says which version of the protocol it is written in: that of the configuration, once it was read. */
import { errorObject } from "../../../../spec/error.ts";
import type { Judge } from "../../judge.ts";
import { parseJson } from "../../parse-json.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const err03: RequirementCheck = {
  id: "ERR-03",
  level: "IMPL",
  section: "5 Error",
  title: "cniVersion of an error is the version of the configuration",
  since: "1.0.0",
  roles: anyRole,
  readings: ["strict"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const version of subject.plugin.versions) {
      const what = `ADD with cniVersion ${version} and no network name`;
      const called = await subject.call(t, "ADD", { pod, version, config: { name: undefined } });
      // Without a name some plugins go on; PRO-20 says so.
      if (called.answer.kind === "success") continue;
      const evidence = called.pastHabits ?? called.evidence;
      const { cniVersion } = errorObject.safeParse(parseJson(evidence.stdout)).data ?? {};
      // skel leaves it out, and runtimes do not miss it.
      t.against(["strict"], cniVersion !== undefined, `the error of ${what} has no cniVersion`);
      if (cniVersion === undefined) return;
      t.equal(cniVersion, version, `the error of ${what} should be of that version`);
    }
  },
};
