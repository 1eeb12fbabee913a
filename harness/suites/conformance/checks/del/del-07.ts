/** DEL succeeds and releases everything where CNI_NETNS is a plain file, as after a reboot. */
import { rm, writeFile } from "node:fs/promises";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del07: RequirementCheck = {
  id: "DEL-07",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL succeeds and releases everything where CNI_NETNS is a plain file, as after a reboot",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
    await pod[Symbol.asyncDispose]();
    t.cleanup(() => rm(pod.netns, { force: true }));
    await writeFile(pod.netns, "", { flag: "wx" });
    const what = "DEL with a plain file as CNI_NETNS";
    mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};
