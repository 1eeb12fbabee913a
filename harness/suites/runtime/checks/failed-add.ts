/** A pod whose ADD fails after this plugin's part is torn down once, and nothing of it stays. */

import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome } from "../../conformance/expect.ts";
import type { Played } from "../played.ts";
import type { RuntimeCheck } from "../runtime-check.ts";

const script = `#!/bin/sh
[ "$CNI_COMMAND" = ADD ] || exit 0
echo '{"cniVersion":"1.0.0","code":11,"msg":"refused on purpose"}'
exit 1
`;

export const failedAdd: RuntimeCheck = {
  id: "failed-add",
  title: "a pod whose ADD fails further down the list is torn down without a trace",
  async run(played: Played, t: CheckContext) {
    const { subject, network } = played;
    const folder = join(subject.node.paths.run, `failing-${t.seed}`);
    t.cleanup(() => rm(folder, { recursive: true, force: true }));
    const pod = await played.pod();
    const before = await subject.state();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "failing"), script);
    await chmod(join(folder, "failing"), 0o755);
    const runtime = played.runtime({
      ...network,
      plugins: [...network.plugins, { type: "failing" }],
      cniPath: [...network.cniPath, folder],
    });
    const ran = await runtime.run(pod);
    for (const { evidence } of ran.calls) t.evidence(evidence);
    t.must(ran.kind === "failed", `the pod should fail, it is ${ran.kind}`);
    t.must(
      ran.msg.includes("refused on purpose"),
      `the kubelet should hear the error of the last plugin, it hears: ${ran.msg}`,
    );
    t.must(
      ran.unheard === undefined,
      `the only DEL there is should succeed, it failed: ${ran.unheard?.msg}`,
    );
    await mustBecome(t, subject, { state: before, what: "the teardown of a failed ADD" });
  },
};
