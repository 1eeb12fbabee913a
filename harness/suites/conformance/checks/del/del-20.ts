/** DEL with nothing but cniVersion, name and type releases what was recorded. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del20: RequirementCheck = {
  id: "DEL-20",
  level: "IMPL",
  section: "2 DEL",
  title: "DEL with nothing but cniVersion, name and type releases what was recorded",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    given(t, await subject.call(t, "ADD", { pod }), "ADD");
    // What a caller knows that has lost its cache.
    const { type, conflist } = subject.plugin;
    const stdin = JSON.stringify({ cniVersion: subject.newest, name: conflist.name, type });
    const what = "DEL with the poorest configuration";
    mustSucceed(t, await subject.call(t, "DEL", { pod, stdin }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};
