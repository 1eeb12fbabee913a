/** A runtime that restarts beside running pods: it loads, collects what is not in use, and finds its pods as they were. */
import type { CheckContext } from "../../../core/check.ts";
import { addressesIn, type Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const restart: RuntimeCheck = {
  id: "restart",
  title: "a pod outlives a restart of its runtime, with what that collects and asks",
  async run(played: Played, t: CheckContext) {
    const pod = await played.pod();
    await start("with no pods");
    const { ips } = await played.mustRun(played.runtime(), pod);
    const again = await start("with one pod");
    const recovered = await again.recover(pod);
    for (const { evidence } of recovered.calls) t.evidence(evidence);
    t.must(
      recovered.ok,
      `CHECK after a restart should pass: ${recovered.ok || recovered.error.msg}`,
    );
    const collected = await again.gc([{ containerID: pod.containerId, ifname: "eth0" }]);
    for (const { evidence } of collected.calls) t.evidence(evidence);
    t.must(collected.ok, `GC should pass: ${collected.ok || collected.error.msg}`);
    const real = await addressesIn(pod);
    t.must(
      ips.every((ip) => real.includes(ip)),
      `the pod should keep ${ips.join(", ")}, it has ${real.join(", ") || "none"}`,
    );
    await played.mustStop(again, pod);

    async function start(when: string) {
      const runtime = played.runtime();
      const started = await runtime.start();
      for (const { evidence } of started.calls) t.evidence(evidence);
      t.must(
        started.ok,
        `${played.personality.name} should start ${when}: ${started.ok || started.error.msg}`,
      );
      const status = await runtime.status();
      t.must(status.ok, `STATUS ${when} should be 0: ${status.ok || status.error.msg}`);
      return runtime;
    }
  },
};
