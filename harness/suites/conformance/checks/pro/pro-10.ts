/** DEL needs the container id and interface name, and not the namespace. */

import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro10: RequirementCheck = {
  id: "PRO-10",
  level: "MUST",
  section: "2 DEL",
  title: "DEL needs the container id and interface name, and not the namespace",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const name of ["CNI_CONTAINERID", "CNI_IFNAME"]) {
      const called = await subject.call(t, "DEL", { pod, environment: { [name]: undefined } });
      mustFail(t, called, { what: `DEL without ${name}`, codes: [4], names: [name] });
    }
    const called = await subject.call(t, "DEL", { pod, environment: { CNI_NETNS: undefined } });
    mustSucceed(t, called, "DEL without CNI_NETNS");
  },
};
