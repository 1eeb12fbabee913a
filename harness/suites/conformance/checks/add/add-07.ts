/** ADD with an unusable CNI_NETNS is an error that leaves nothing behind. */

import { mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add07: RequirementCheck = {
  id: "ADD-07",
  level: "IMPL",
  section: "2 ADD",
  title: "ADD with an unusable CNI_NETNS is an error that leaves nothing behind",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const { run } = subject.node.paths;
    const dangling = `${run}/dangling-netns`;
    await subject.node.host.exec(["ln", "-sfn", `${run}/nowhere`, dangling]);
    t.cleanup(() => subject.node.host.exec(["rm", "-f", dangling]));
    const unusable = [`${run}/absent`, subject.executable, run, dangling];
    for (const netns of unusable) {
      const what = `ADD with CNI_NETNS ${netns}`;
      await mustLeaveUnchanged(t, subject, {
        what,
        async work() {
          const called = await subject.call(t, "ADD", { pod, environment: { CNI_NETNS: netns } });
          mustFail(t, called, { what });
        },
      });
    }
  },
};
