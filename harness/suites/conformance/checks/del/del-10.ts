/** DEL accepts a prevResult that later plugins changed, or that is damaged. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const foreign = { name: "nobodys0", mac: "02:00:00:00:00:01" };
const changes: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "other interfaces": { interfaces: [foreign, { ...foreign, name: "eth0", sandbox: "/nowhere" }] },
  "an address that is none": { ips: [{ address: "nonsense", interface: 7 }] },
  "a version of the future": { cniVersion: "9.9.9" },
};

export const del10: RequirementCheck = {
  id: "DEL-10",
  level: "IMPL",
  section: "3 Deleting attachments",
  title: "DEL accepts a prevResult that later plugins changed, or that is damaged",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    for (const [how, change] of Object.entries(changes)) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      const result = given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const prevResult = { ...readable(t, result), ...change };
      const what = `DEL with a prevResult with ${how}`;
      mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), what);
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
