/** DEL releases everything though the runtime has lost its results, and Multus with them most of the configuration. */

import { rm } from "node:fs/promises";
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome } from "../../conformance/expect.ts";
import type { Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

export const lostCache: RuntimeCheck = {
  id: "lost-cache",
  title: "a pod stops without a trace after the runtime lost its saved results",
  async run(played: Played, t: CheckContext) {
    const { subject, personality, cacheDirectory } = played;
    const pod = await played.pod();
    const before = await subject.state();
    await played.mustRun(played.runtime(), pod);
    await rm(cacheDirectory, { recursive: true, force: true });
    try {
      await played.mustStop(played.runtime(), pod);
      await mustBecome(t, subject, { state: before, what: "DEL without a saved result" });
    } catch (error) {
      const delegates = subject.plugin.claims?.includes("delegates") ?? false;
      if (!personality.forgetsConfiguration || !delegates) throw error;
      const message = error instanceof Error ? error.message : String(error);
      t.finding(`${message} (without a configuration it cannot know whom it delegated to)`);
    }
  },
};
