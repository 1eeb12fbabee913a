/** The kubelet gives up on a sandbox and makes a new one of the same pod before the old one is stopped. */
import type { CheckContext } from "../../../core/check.ts";
import { addressesIn, type Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const newSandbox: RuntimeCheck = {
  id: "new-sandbox",
  title: "a pod's new sandbox keeps its network when the old one is stopped late",
  async run(played: Played, t: CheckContext) {
    const runtime = played.runtime();
    const old = await played.pod();
    await played.mustRun(runtime, old);
    const sandbox = await played.pod();
    const { ips } = await played.mustRun(runtime, { ...sandbox, name: old.name, uid: old.uid });
    await played.mustStop(runtime, old);
    const real = await addressesIn(sandbox);
    t.must(
      ips.every((ip) => real.includes(ip)),
      `the new sandbox should keep ${ips.join(", ")}, it has ${real.join(", ") || "none"}`,
    );
    await played.mustStop(runtime, { ...sandbox, name: old.name, uid: old.uid });
  },
};
