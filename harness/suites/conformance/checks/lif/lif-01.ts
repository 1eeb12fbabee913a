/** Verbs at the same time give each container its own, and what does not fit fails cleanly. */
import { type AnyResult, anyResult, containerAddresses } from "../../../../spec/result.ts";
import { compareVersions } from "../../../../spec/version.ts";
import { mustBecome, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** where the plugin can serve any number */
const some = 8;
/** more than there are VFs, where it cannot */
const surplus = 2;

export const lif01: RequirementCheck = {
  id: "LIF-01",
  level: "MUST",
  section: "3 Lifecycle",
  title: "verbs at the same time give each container its own, and what does not fit fails cleanly",
  async run(subject: Subject, t: Judge) {
    await subject.releaseSamples();
    const before = await subject.state();
    const finite = (subject.plugin.claims ?? []).includes("finite");
    const fitting = finite ? subject.node.card.vfs.length : some;
    const count = finite ? fitting + surplus : fitting;
    const pods = await Promise.all(Array.from({ length: count }, () => subject.pod(t)));
    const calls = await Promise.all(pods.map((pod) => subject.call(t, "ADD", { pod })));
    const attached = calls.flatMap(({ answer }, i) => {
      const pod = pods[i];
      if (pod === undefined || answer.kind === "error") return [];
      return [{ pod, prevResult: answer.document, result: anyResult.parse(answer.document) }];
    });
    t.equal(attached.length, fitting, `ADDs that succeed of ${count} at the same time`);
    for (const called of calls.filter(({ answer }) => answer.kind === "error")) {
      mustFail(t, called, { what: "an ADD that does not fit" });
    }
    const addresses = attached.flatMap(({ result }) => containerAddresses(result, "eth0"));
    t.equal([...new Set(addresses)], addresses, "no address should be given twice");
    const macs = attached.flatMap(({ result }) => containerMacs(result));
    t.equal([...new Set(macs)], macs, "no MAC should be given twice");
    // A storm of all verbs: half of the containers go while the others are looked at.
    const checks = compareVersions(subject.newest, "0.4.0") >= 0;
    const storm = attached.map(async ({ pod, prevResult }, i) => {
      const verb = i % 2 === 0 || !checks ? "DEL" : "CHECK";
      const called = await subject.call(t, verb, { pod, prevResult });
      mustSucceed(t, called, `a ${verb} at the same time as others`);
    });
    await Promise.all(storm);
    const deleted = await Promise.all(pods.map((pod) => subject.call(t, "DEL", { pod })));
    for (const called of deleted) mustSucceed(t, called, "a DEL at the same time as others");
    await mustBecome(t, subject, { state: before, what: `${count} ADDs and DELs side by side` });
  },
};

function containerMacs({ interfaces }: AnyResult): readonly (string | undefined)[] {
  return interfaces.filter(({ sandbox }) => sandbox).map(({ mac }) => mac);
}
