/** A pod runs, its status shows the addresses the kernel has, it stops without a trace, and so again. */
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome } from "../../conformance/expect.ts";
import { addressesIn, type Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const lifeCycle: RuntimeCheck = {
  id: "life-cycle",
  title: "a pod runs with its real addresses in its status, stops without a trace, and so again",
  async run(played: Played, t: CheckContext) {
    const { subject } = played;
    const before = await subject.state();
    const runtime = played.runtime();
    for (const round of ["first", "second"]) {
      const pod = await played.pod();
      const { ips } = await played.mustRun(runtime, pod);
      const real = await addressesIn(pod);
      t.must(
        ips.length > 0 && ips.every((ip) => real.includes(ip)),
        `the status of the ${round} pod should show addresses of its eth0 (${real.join(", ")}), it shows ${ips.join(", ") || "none"}`,
      );
      await played.mustStop(runtime, pod);
      // The kubelet asks until it is sure; Multus answers that by itself.
      if (!played.personality.forgetsConfiguration) await played.mustStop(runtime, pod);
      await pod.pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what: `the ${round} pod` });
    }
  },
};
