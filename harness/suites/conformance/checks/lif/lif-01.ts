/** ADDs of different containers at the same time do not disturb each other, and more than fit fail cleanly. */

import { anyResult, containerAddresses } from "../../../../spec/result.ts";
import { mustBecome, mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** more than the VFs of the card */
const surplus = 2;

export const lif01: RequirementCheck = {
  id: "LIF-01",
  level: "MUST",
  section: "3 Lifecycle",
  title: "ADDs at the same time give each container its own, and what does not fit fails cleanly",
  async run(subject: Subject, t: Judge) {
    await subject.releaseSamples();
    const before = await subject.state();
    const fitting = subject.node.card.vfs.length;
    const count = fitting + surplus;
    const pods = await Promise.all(Array.from({ length: count }, () => subject.pod(t)));
    const calls = await Promise.all(pods.map((pod) => subject.call(t, "ADD", { pod })));
    const succeeded = calls.filter(({ answer }) => answer.kind === "success");
    t.must(
      succeeded.length >= fitting,
      `${fitting} of ${count} ADDs at the same time should succeed, ${succeeded.length} did`,
    );
    for (const called of calls.filter((call) => !succeeded.includes(call))) {
      mustFail(t, called, { what: "an ADD that does not fit" });
      const code = called.answer.kind === "error" ? called.answer.code : 0;
      t.must(
        code === 11 || code === 50 || code >= 100,
        `its code should be 11, 50 or a plugin's own, it is ${code}`,
      );
    }
    const results = succeeded.flatMap(({ answer }) =>
      answer.kind === "success" ? [anyResult.parse(answer.document)] : [],
    );
    const addresses = results.flatMap((result) => containerAddresses(result, "eth0"));
    t.equal([...new Set(addresses)], addresses, "no address should be given twice");
    const macs = results.flatMap(({ interfaces }) =>
      interfaces.filter(({ sandbox }) => sandbox).map(({ mac }) => mac),
    );
    t.equal([...new Set(macs)], macs, "no MAC should be given twice");
    const deleted = await Promise.all(pods.map((pod) => subject.call(t, "DEL", { pod })));
    for (const called of deleted) mustSucceed(t, called, "a DEL at the same time as others");
    await mustBecome(t, subject, { state: before, what: `${count} ADDs and DELs side by side` });
  },
};
