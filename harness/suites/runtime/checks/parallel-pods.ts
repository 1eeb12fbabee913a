/** Pods that start and stop at the same time have addresses of their own and leave nothing. */
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome } from "../../conformance/expect.ts";
import { addressesIn, type Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

const count = 4;

export const parallelPods: RuntimeCheck = {
  id: "parallel-pods",
  title: "pods that start and stop at the same time have distinct addresses and leave no trace",
  async run(played: Played, t: CheckContext) {
    const { subject } = played;
    const runtime = played.runtime();
    const pods = await Promise.all(Array.from({ length: count }, () => played.pod()));
    const before = await subject.state();
    const runs = await Promise.all(pods.map((pod) => played.mustRun(runtime, pod)));
    const ips = runs.flatMap((run) => run.ips);
    t.equal(new Set(ips).size, ips.length, `the addresses ${ips.join(", ")} should be distinct`);
    for (const [i, pod] of pods.entries()) {
      const real = await addressesIn(pod);
      const wrong = runs[i]?.ips.filter((ip) => !real.includes(ip)) ?? [];
      t.equal(wrong, [], `the status of ${pod.name} should show its own addresses`);
    }
    await Promise.all(pods.map((pod) => played.mustStop(runtime, pod)));
    await mustBecome(t, subject, { state: before, what: `${count} pods at once` });
  },
};
