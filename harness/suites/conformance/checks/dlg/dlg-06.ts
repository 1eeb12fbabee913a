/** CHECK and DEL, and from 1.1.0 on STATUS and GC, run the delegate too. */

import { gcKeys } from "../../../../runtime/derive.ts";
import { compareVersions, type Verb } from "../../../../spec/version.ts";
import { mustSucceed } from "../../expect.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg06: RequirementCheck = {
  id: "DLG-06",
  level: "MUST",
  section: "4",
  title: "CHECK and DEL, and from 1.1.0 on STATUS and GC, run the delegate too",
  since: "0.4.0",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.answering(subject, t);
    const pod = await subject.pod(t);
    const prevResult = mustSucceed(t, await double.call(t, "ADD", { pod }), "ADD with a delegate");
    const valid = [{ containerID: pod.containerId, ifname: subject.ifname }];
    const list = Object.fromEntries(gcKeys.map((key) => [key, valid]));
    const calls: readonly (readonly [verb: Verb, since: string, () => Promise<unknown>])[] = [
      ["CHECK", "0.4.0", () => double.call(t, "CHECK", { pod, prevResult })],
      ["STATUS", "1.1.0", () => double.call(t, "STATUS")],
      ["GC", "1.1.0", () => double.call(t, "GC", { config: list })],
      ["DEL", "0.1.0", () => double.call(t, "DEL", { pod, prevResult })],
    ];
    const known = calls.filter(([, since]) => compareVersions(subject.newest, since) >= 0);
    for (const [, , call] of known) await call();
    const ran = new Set(await double.verbs());
    const missing = known.flatMap(([verb]) => (ran.has(verb) ? [] : [verb]));
    t.must(missing.length === 0, `${missing.join(" and ")} should run the delegate`);
  },
};
