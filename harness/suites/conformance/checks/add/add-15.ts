/** ADD into the plugin's own namespace is refused before anything is touched. */
import { difference, mustFail, mustLeaveUnchanged } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { removable } from "../../removable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add15: RequirementCheck = {
  id: "ADD-15",
  level: "IMPL",
  section: "3",
  title: "ADD into the plugin's own namespace is refused before anything is touched",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const ifname = "own0";
    const netns = "/proc/self/ns/net";
    const options = { pod, ifname, environment: { CNI_NETNS: netns } };
    const before = await subject.state();
    // One that is not refused makes the interface on the host, and may leave what its DEL does not take.
    t.cleanup(async () => {
      await subject.quietCall("DEL", options);
      const left = difference(before, await subject.state());
      for (const piece of removable(subject.node, left)) await piece.remove();
    });
    await mustLeaveUnchanged(t, subject, {
      what: `ADD with CNI_NETNS ${netns}`,
      async work() {
        mustFail(t, await subject.call(t, "ADD", options), { what: `ADD with CNI_NETNS ${netns}` });
      },
    });
  },
};
