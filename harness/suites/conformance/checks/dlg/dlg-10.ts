/** A delegate that is missing or misbehaves is a clean error that leaves nothing behind. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome } from "../../expect.ts";
import { IpamDouble, type Script } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { Called } from "../../plugin-call.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg10: RequirementCheck = {
  id: "DLG-10",
  level: "IMPL",
  section: "4",
  title: "A delegate that is missing or misbehaves is a clean error that leaves nothing behind",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const faults: string[] = [];
    const kinds: readonly (readonly [what: string, script: Script | undefined])[] = [
      ["is missing", undefined],
      ["is killed", { end: "kill" }],
      ["says nothing", {}],
      ["prints rubbish", { stdout: "<html>" }],
      ["prints a result of a version to come", { stdout: { cniVersion: "9.9.9", ips: [] } }],
      ["fails and says nothing", { exit: 3 }],
      ["hangs", { end: "hang" }],
    ];
    const before = await subject.state();
    for (const [what, script] of kinds) {
      const pod = await subject.pod(t);
      if (script !== undefined) await double.on("ADD", script);
      const config = script === undefined ? { ipam: { type: "no-such-ipam" } } : {};
      // No reading says how long a plugin waits for its delegate: whoever gives up on one that hangs is the runtime.
      const hangs = script?.end === "hang";
      const timeoutMs = hangs ? 1_500 : 15_000;
      const added = await double.call(t, "ADD", { pod, config, timeoutMs });
      if (!hangs) faults.push(...untidy(added).map((fault) => `${fault} when it ${what}`));
      await double.on("ADD", {});
      // ADD that fails should leave nothing; a runtime sends DEL all the same, and after that there must be nothing.
      const left = (await ipFacts(pod.place)).links.length > 1;
      if (left && !hangs) faults.push(`the interface stays when it ${what}`);
      await double.call(t, "DEL", { pod });
      await pod[Symbol.asyncDispose]();
    }
    t.must(faults.length === 0, `ADD with a delegate: ${faults.join("; ")}`);
    await mustBecome(t, subject, { state: before, what: "ADD with bad delegates, and DEL" });
  },
};

function untidy({ answer, evidence }: Called): readonly string[] {
  if (evidence.signal !== undefined) return [`it was killed by ${evidence.signal}`];
  if (answer.kind === "success") return ["it succeeds"];
  return answer.code === 0 ? ["its error has no code"] : [];
}
