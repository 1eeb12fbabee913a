/** VERSION is the first thing a runtime asks, before it has anything else to say. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what libcni sends for want of anything real */
const dummies = { CNI_NETNS: "dummy", CNI_IFNAME: "dummy", CNI_PATH: "dummy" };

export const pro13: RequirementCheck = {
  id: "PRO-13",
  level: "MUST",
  section: "2 VERSION",
  title: "VERSION needs CNI_COMMAND only",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const bare = await subject.call(t, "VERSION", { environment: { CNI_PATH: undefined } });
    mustSucceed(t, bare, "VERSION with CNI_COMMAND only");
    const padded = await subject.call(t, "VERSION", { environment: dummies });
    mustSucceed(t, padded, "VERSION with dummies for the other variables");
  },
};
