/** A DEL that failed is not worded like one that found nothing: containerd would count it as done and leak. */
import type { CheckContext } from "../../../core/check.ts";
import type { PodSandbox } from "../../../runtime/personality.ts";
import { during, outageText } from "../../conformance/outages.ts";
import type { Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

/** DELs that a plugin may refuse, by what is wrong */
const failing = [
  { what: "of an unknown version", change: { cniVersion: "9.9.9" }, netns: undefined },
  { what: "with a plain file for a namespace", change: {}, netns: "/etc/passwd" },
  { what: "with a directory for a namespace", change: {}, netns: "/proc" },
] as const;

export const errorText: RuntimeCheck = {
  id: "error-text",
  title: "an error of DEL has no words that containerd takes for success",
  personalities: ["containerd"],
  async run(played: Played, t: CheckContext) {
    const { subject, network } = played;
    const pod = await played.pod();
    await played.mustRun(played.runtime(), pod);
    for (const { what, change, netns = pod.netns } of failing) {
      await mustNotBeSwallowed(what, { ...pod, netns }, { ...network, ...change });
    }
    for (const outage of subject.outages.filter(({ kind }) => kind === "stopped")) {
      const what = `while ${outageText(outage)}`;
      const work = () => mustNotBeSwallowed(what, { ...pod, netns: "" }, network);
      await during(subject, t, { outage, work });
    }

    async function mustNotBeSwallowed(what: string, at: PodSandbox, over: typeof network) {
      const stopped = await played.runtime(over).stop(at);
      for (const { evidence } of stopped.calls) t.evidence(evidence);
      if (stopped.kind !== "done") return;
      t.fail(`the error of DEL ${what} counts as success: ${stopped.error.msg}`);
    }
  },
};
