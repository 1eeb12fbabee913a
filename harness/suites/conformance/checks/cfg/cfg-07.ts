/** deviceID: the scheduler has promised this VF to this pod; any other would be somebody else's. */
import type { Pod } from "../../../../core/backend.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const add = (subject: Subject, t: Judge, pod: Pod, deviceID: string) =>
  subject.call(t, "ADD", { pod, config: { runtimeConfig: { deviceID } } });

async function atHome({ node }: Subject) {
  const links = new Set((await ipFacts(node.host)).links.map(({ name }) => name));
  return node.card.vfs.filter(({ netdev }) => links.has(netdev));
}

export const cfg07: RequirementCheck = {
  id: "CFG-07",
  level: "MAY",
  section: "3",
  title: "deviceID chooses the device: that VF and no other, an unknown or busy one is an error",
  since: "0.3.0",
  needs: ["deviceID"],
  async run(subject: Subject, t: Judge) {
    const [pod, other] = [await subject.pod(t), await subject.pod(t)];
    const before = await atHome(subject);
    // Not the one it would have chosen anyway.
    const wanted = before.at(-1);
    if (wanted === undefined) t.blocked("no VF is free");
    const { pciAddress } = wanted;
    const document = mustSucceed(
      t,
      await add(subject, t, pod, pciAddress),
      `ADD with deviceID ${pciAddress}`,
    );
    const after = new Set((await atHome(subject)).map((vf) => vf.pciAddress));
    const taken = before.map((vf) => vf.pciAddress).filter((address) => !after.has(address));
    t.equal(taken, [pciAddress], "the VF that left the host should be the one that was asked for");
    const said = readable(t, document).interfaces.flatMap(({ pciID }) => pciID ?? []);
    t.must(
      said.every((id) => id === pciAddress),
      `pciID of the result should be ${pciAddress}, it is ${said.join(" ")}`,
    );
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a deviceID that cannot be had",
      async work() {
        for (const id of [pciAddress, "0000:ff:1f.7", "cni_none.sf.9", "../../etc"]) {
          const what = `ADD with deviceID ${id}${id === pciAddress ? ", which is in use," : ""}`;
          mustFail(t, await add(subject, t, other, id), { what });
        }
      },
    });
  },
};
