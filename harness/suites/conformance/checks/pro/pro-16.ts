/** CNI_PATH is a list of folders, as PATH is: the delegate is found wherever in it, past what is empty or missing. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro16: RequirementCheck = {
  id: "PRO-16",
  level: "MUST",
  section: "2 Parameters",
  title: "a delegate is found in any entry of CNI_PATH, past empty and missing ones",
  roles: anyRole,
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const real = subject.plugin.cniPath.join(":");
    const lists = [`/nonexistent:${real}`, `:${real}:`, `/nonexistent::/proc/self/cwd:${real}`];
    for (const CNI_PATH of lists) {
      const pod = await subject.pod(t);
      const options = { pod, environment: { CNI_PATH } };
      for (const verb of ["ADD", "DEL"] as const) {
        const called = await subject.call(t, verb, options);
        mustSucceed(t, called, `${verb} with CNI_PATH "${CNI_PATH}"`);
      }
    }
  },
};
