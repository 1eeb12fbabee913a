/** DEL succeeds where the interface is missing, and releases everything else. */
import type { Pod } from "../../../../core/backend.ts";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del03: RequirementCheck = {
  id: "DEL-03",
  level: "MUST",
  section: "2 DEL",
  title: "DEL succeeds where the interface is missing, and releases everything else",
  async run(subject: Subject, t: Judge) {
    const elsewhere = await subject.pod(t);
    const byHand: Readonly<Record<string, (pod: Pod) => readonly string[]>> = {
      removed: () => ["del", "eth0"],
      renamed: () => ["set", "eth0", "down", "name", "other0"],
      "moved to another namespace": () => ["set", "eth0", "netns", elsewhere.netns],
    };
    const before = await subject.state();
    for (const [how, change] of Object.entries(byHand)) {
      const pod = await subject.pod(t);
      const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const changed = await pod.place.exec(["ip", "link", ...change(pod)]);
      if (changed.exitCode !== 0) t.blocked(`eth0 cannot be ${how}: ${changed.stderr.trim()}`);
      const what = `DEL after its interface was ${how}`;
      mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), what);
      // A link under another name, or elsewhere, is nobody's until its namespace goes.
      await pod[Symbol.asyncDispose]();
      await elsewhere.place.exec(["ip", "link", "del", "eth0"]);
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
