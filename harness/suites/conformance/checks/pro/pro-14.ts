/** A container id keeps its grammar or is code 4. */

import { mustFail, mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const good = ["a", "a.b_c-d", "x".repeat(200)];
const bad = ["-a", ".a", "a/b", "../x", "a b", "a:b", "a\n", "é"];

export const pro14: RequirementCheck = {
  id: "PRO-14",
  level: "MUST",
  section: "2 Parameters",
  title: "a container id keeps its grammar or is code 4",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const id of good) {
      const environment = { CNI_CONTAINERID: id };
      t.cleanup(() => subject.quietCall("DEL", { pod, environment }));
      mustSucceed(
        t,
        await subject.call(t, "ADD", { pod, environment }),
        `ADD of container "${id}"`,
      );
      mustSucceed(
        t,
        await subject.call(t, "DEL", { pod, environment }),
        `DEL of container "${id}"`,
      );
    }
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a bad container id",
      async work() {
        for (const id of bad) {
          const called = await subject.call(t, "ADD", {
            pod,
            environment: { CNI_CONTAINERID: id },
          });
          mustFail(t, called, { what: `ADD of container ${JSON.stringify(id)}`, codes: [4] });
        }
      },
    });
  },
};
