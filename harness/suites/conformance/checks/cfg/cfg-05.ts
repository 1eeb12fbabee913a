/** A configuration without cniVersion is older than the key: its reader knows the oldest results only. */
import { z } from "zod";
import { claimedVersions } from "../../claimed-versions.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const listed = z.looseObject({ ips: z.unknown().optional(), interfaces: z.unknown().optional() });

export const cfg05: RequirementCheck = {
  id: "CFG-05",
  level: "IMPL",
  section: "1",
  title: "without cniVersion ADD gives a result of the oldest version, or code 1",
  roles: ["interface", "ipam"],
  async run(subject: Subject, t: Judge) {
    const supportedVersions = await claimedVersions(subject, t);
    const isOld = supportedVersions.some((version) => ["0.1.0", "0.2.0"].includes(version));
    const pod = await subject.pod(t);
    const config = { cniVersion: undefined };
    const called = await subject.call(t, "ADD", { pod, config });
    const what = "ADD without cniVersion";
    if (!isOld) return mustFail(t, called, { what, codes: [1] });
    const result = listed.parse(mustSucceed(t, called, what));
    const newer = ["ips", "interfaces"].filter((key) => key in result);
    t.equal(newer, [], `${what} should give a result without keys that came later`);
    mustSucceed(t, await subject.call(t, "DEL", { pod, config }), "DEL without cniVersion");
  },
};
