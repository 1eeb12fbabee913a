/** After a later plugin failed, DEL of the list without a result leaves nothing behind. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { networkOf } from "../../../../runtime/network.ts";
import { createRuntime } from "../../../../runtime/runtime.ts";
import { mustBecome } from "../../expect.ts";
import { doubleType, IpamDouble, refusal } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chn09: RequirementCheck = {
  id: "CHN-09",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "After a later plugin failed, DEL of the list without a result leaves nothing behind",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { host, paths } = subject.node;
    const later = await IpamDouble.place(subject, t);
    await later.on("ADD", refusal(105, "the later plugin refuses"));
    const directory = join(paths.run, "chn-09-results");
    t.cleanup(() => rm(directory, { recursive: true, force: true }));
    const runtime = createRuntime({ place: host, directory, signal: t.signal });
    const own = networkOf(subject.plugin);
    const network = {
      ...own,
      plugins: [...own.plugins.slice(0, 1), { type: doubleType }],
      cniPath: [later.directory, ...subject.plugin.cniPath],
    };
    const before = await subject.state();
    const { containerId, netns } = await subject.pod(t);
    const attachment = { containerId, netns, ifname: subject.ifname };
    const added = await runtime.add(network, attachment);
    for (const { evidence } of added.calls) t.evidence(evidence);
    if (added.ok || added.error.plugin !== doubleType)
      t.blocked("the later plugin was not reached");
    const deleted = await runtime.del(network, attachment);
    for (const { evidence } of deleted.calls) t.evidence(evidence);
    t.must(deleted.ok, "DEL of the list should succeed");
    await mustBecome(t, subject, { state: before, what: "DEL after a later plugin failed" });
  },
};
