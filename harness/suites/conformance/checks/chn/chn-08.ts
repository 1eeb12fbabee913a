/** The plugin's result is of use to the usual later plugins. */
import { rm } from "node:fs/promises";
import { mustSucceed } from "../../expect.ts";
import { followerOf } from "../../follower.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const followers = [
  { type: "tuning", mtu: 1300 },
  { type: "portmap", capabilities: { portMappings: true } },
  { type: "sbr" },
  // Without a rate: shaping itself needs the other end of a veth pair on the host.
  { type: "bandwidth" },
];

export const chn08: RequirementCheck = {
  id: "CHN-08",
  level: "IMPL",
  section: "3",
  title: "The plugin's result is of use to the usual later plugins",
  since: "0.3.0",
  async run(subject: Subject, t: Judge) {
    const refused: string[] = [];
    let ran = 0;
    const pod = await subject.pod(t);
    for (const object of followers) {
      const dataDir = `${subject.node.paths.run}/follower-${object.type}`;
      t.cleanup(() => rm(dataDir, { recursive: true, force: true }));
      const follower = await followerOf(subject, { ...object, dataDir });
      if (follower === undefined) continue;
      ran += 1;
      const { version, type } = follower;
      const added = await subject.call(t, "ADD", { pod, version });
      const result = mustSucceed(t, added, `ADD with cniVersion ${version}`);
      const attached = {
        pod,
        result,
        network: subject.plugin.conflist.name,
        ifname: subject.ifname,
      };
      const answer = await follower.call(t, "ADD", attached);
      if (answer.kind === "error") refused.push(`${type} (${answer.msg})`);
      await follower.call(t, "DEL", attached);
      await subject.call(t, "DEL", { pod, version, prevResult: result });
    }
    if (ran === 0)
      t.skip("no later plugin is installed: apt-get install containernetworking-plugins");
    t.must(
      refused.length === 0,
      `its result should suit later plugins, it does not suit ${refused.join(", ")}`,
    );
  },
};
