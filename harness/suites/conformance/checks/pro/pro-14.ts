/** A container id begins with a letter or digit and goes on with those and "_", ".", "-"; it is of any length. */
import { mustFail, mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

// Short ones have crashed plugins that cut names of their own out of them.
const good = ["a", "0", "a.b_c-d", "x".repeat(200)];
const bad = ["-a", ".a", "_a", "a/b", "../x", "a b", "a:b", "a\n", "é"];

export const pro14: RequirementCheck = {
  id: "PRO-14",
  level: "MUST",
  section: "2 Parameters",
  title: "a container id keeps its grammar or is code 4",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    for (const id of good) {
      const pod = await subject.pod(t);
      const options = { pod, environment: { CNI_CONTAINERID: id } };
      t.cleanup(() => subject.quietCall("DEL", options));
      mustSucceed(t, await subject.call(t, "ADD", options), `ADD of container "${id}"`);
      mustSucceed(t, await subject.call(t, "DEL", options), `DEL of container "${id}"`);
    }
    const pod = await subject.pod(t);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a bad container id",
      async work() {
        for (const id of bad) {
          const environment = { CNI_CONTAINERID: id };
          const called = await subject.call(t, "ADD", { pod, environment });
          mustFail(t, called, { what: `ADD of container ${JSON.stringify(id)}`, codes: [4] });
        }
      },
    });
  },
};
