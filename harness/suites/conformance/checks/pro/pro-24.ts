/** A runtime reads until stdout and stderr end, not until the plugin exits: whoever keeps them open stalls it. */
import { verbExists } from "../../../../spec/version.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";
import { callThroughShell } from "../../through-shell.ts";

const script = 'exec "$0"';

export const pro24: RequirementCheck = {
  id: "PRO-24",
  level: "IMPL",
  section: "2 Overview",
  title: "nothing that outlives the plugin keeps its stdout or stderr open",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const calls = [
      ["VERSION", {}],
      ["STATUS", {}],
      ["ADD", { pod }],
      ["ADD", { pod, config: { name: undefined } }],
      ["DEL", { pod }],
    ] as const;
    for (const [verb, options] of calls) {
      if (!verbExists(verb, subject.newest)) continue;
      const { pipesHeld } = await callThroughShell(subject, t, verb, { ...options, script });
      t.must(!pipesHeld, `${verb} has exited, and its stdout or stderr is still held open`);
    }
  },
};
