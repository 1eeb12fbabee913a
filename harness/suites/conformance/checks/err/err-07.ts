/** Code 3 tells the runtime that there is nothing to clean up, so it must be true. */
import { badCalls } from "../../bad-calls.ts";
import { mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { Called } from "../../plugin-call.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const isCode3 = ({ answer }: Called) => answer.kind === "error" && answer.code === 3;

export const err07: RequirementCheck = {
  id: "ERR-07",
  level: "MUST",
  section: "5 code 3",
  title: "code 3 never comes from DEL, nor from a call that leaves something to clean up",
  since: "0.4.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const state = await subject.state();
    const calls = await badCalls(subject, t);
    if (calls.some((called) => called.verb !== "DEL" && isCode3(called))) {
      await mustBecome(t, subject, { state, what: "calls that fail with code 3" });
    }
    const gone = { pod, environment: { CNI_NETNS: "/nowhere/netns" } };
    const deletions = {
      ...Object.fromEntries(calls.filter(({ verb }) => verb === "DEL").map((c) => [c.what, c])),
      "DEL of a container never added": await subject.call(t, "DEL", { pod }),
      "DEL with a namespace that is gone": await subject.call(t, "DEL", gone),
    };
    for (const [what, called] of Object.entries(deletions)) {
      t.must(!isCode3(called), `${what} should not give code 3, it does`);
    }
  },
};
