/** A late DEL of an old container does not hit the new owner of what it had. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del14: RequirementCheck = {
  id: "DEL-14",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "a late DEL of an old container does not hit the new owner of what it had",
  async run(subject: Subject, t: Judge) {
    const [old, fresh] = [await subject.pod(t), await subject.pod(t)];
    const first = mustSucceed(
      t,
      await subject.call(t, "ADD", { pod: old }),
      "ADD of the old container",
    );
    mustSucceed(t, await subject.call(t, "DEL", { pod: old, prevResult: first }), "its DEL");
    const second = mustSucceed(
      t,
      await subject.call(t, "ADD", { pod: fresh }),
      "ADD of the new container",
    );
    const before = await ipFacts(fresh.place);
    await mustLeaveUnchanged(t, subject, {
      what: "a late DEL",
      async work() {
        const late = await subject.call(t, "DEL", { pod: old, prevResult: first });
        mustSucceed(t, late, "the late DEL");
      },
    });
    t.equal(await ipFacts(fresh.place), before, "the new container should be as before");
    const checked = await subject.call(t, "CHECK", { pod: fresh, prevResult: second });
    mustSucceed(t, checked, "CHECK of the new container");
  },
};
