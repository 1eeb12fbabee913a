/** DEL with an empty CNI_NETNS releases everything after the pod's namespace is gone. */
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome } from "../../conformance/expect.ts";
import type { Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const closedNetns: RuntimeCheck = {
  id: "closed-netns",
  title: "a pod whose namespace is gone already stops without a trace",
  async run(played: Played, t: CheckContext) {
    const { subject } = played;
    const before = await subject.state();
    const runtime = played.runtime();
    const pod = await played.pod();
    await played.mustRun(runtime, pod);
    await pod.pod[Symbol.asyncDispose]();
    await played.mustStop(runtime, { ...pod, netns: "" });
    await mustBecome(t, subject, { state: before, what: "DEL without a namespace" });
  },
};
