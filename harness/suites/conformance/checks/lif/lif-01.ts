/** Verbs at the same time give each container its own, and what does not fit fails cleanly. */
import type { Pod } from "../../../../core/backend.ts";
import { type AnyResult, containerAddresses } from "../../../../spec/result.ts";
import { compareVersions } from "../../../../spec/version.ts";
import { mustBecome, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** where the plugin can serve any number */
const some = 8;
/** more than there are VFs, where it cannot */
const surplus = 2;

interface Attached {
  readonly pod: Pod;
  readonly prevResult: unknown;
  readonly result: AnyResult;
}

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
    const attached = calls.flatMap(({ answer }, i): readonly Attached[] => {
      const pod = pods[i];
      if (pod === undefined || answer.kind === "error") return [];
      return [{ pod, prevResult: answer.document, result: readable(t, answer.document) }];
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
    const [going, staying] = [
      attached.filter((_, i) => i % 2 === 0),
      attached.filter((_, i) => i % 2),
    ];
    const del = async ({ pod, prevResult }: Attached) => {
      const called = await subject.call(t, "DEL", { pod, prevResult });
      mustSucceed(t, called, "a DEL at the same time as others");
    };
    const check = async ({ pod, prevResult }: Attached) => {
      if (compareVersions(subject.newest, "0.4.0") < 0) return;
      const called = await subject.call(t, "CHECK", { pod, prevResult });
      mustSucceed(t, called, "a CHECK at the same time as others");
    };
    await Promise.all([...going.map(del), ...staying.map(check)]);
    await Promise.all(staying.map(del));
    const refused = pods.filter((pod) => attached.every((one) => one.pod !== pod));
    await Promise.all(refused.map((pod) => subject.call(t, "DEL", { pod })));
    await mustBecome(t, subject, { state: before, what: `${count} ADDs and DELs side by side` });
  },
};

function containerMacs({ interfaces }: AnyResult): readonly (string | undefined)[] {
  return interfaces.filter(({ sandbox }) => sandbox).map(({ mac }) => mac);
}
