/** DEL needs the container id and interface name; the namespace may be gone by then, and its variable with it. */
import { given, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { mustRequire } from "../../required-variables.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const variables = ["CNI_CONTAINERID", "CNI_IFNAME"];

export const pro10: RequirementCheck = {
  id: "PRO-10",
  level: "MUST",
  section: "2 DEL",
  title: "DEL needs the container id and interface name, and not the namespace",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    await mustRequire(subject, t, "DEL", { variables, options: { pod } });
    for (const value of [undefined, ""]) {
      const pod = await subject.pod(t);
      const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const environment = { CNI_NETNS: value };
      const called = await subject.call(t, "DEL", { pod, prevResult, environment });
      const how = value === undefined ? "without" : "with an empty";
      mustSucceed(t, called, `DEL ${how} CNI_NETNS`);
    }
  },
};
