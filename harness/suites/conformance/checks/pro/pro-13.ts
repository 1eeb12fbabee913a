/** VERSION needs CNI_COMMAND only. */

import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const pro13: RequirementCheck = {
  id: "PRO-13",
  level: "MUST",
  section: "2 VERSION",
  title: "VERSION needs CNI_COMMAND only",
  async run(subject: Subject, t: Judge) {
    const bare = Object.fromEntries(["CNI_PATH"].map((name) => [name, undefined]));
    mustSucceed(
      t,
      await subject.call(t, "VERSION", { environment: bare }),
      "VERSION with CNI_COMMAND only",
    );
    const dummies = { CNI_NETNS: "dummy", CNI_IFNAME: "dummy", CNI_PATH: "dummy" };
    mustSucceed(
      t,
      await subject.call(t, "VERSION", { environment: dummies }),
      "VERSION with dummies",
    );
  },
};
