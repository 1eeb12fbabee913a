/** ADD uses exactly the name of CNI_IFNAME, also where the host has a link of that name. */
import { ipFacts } from "../../../ip-facts.ts";
import { given } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add04: RequirementCheck = {
  id: "ADD-04",
  level: "MUST",
  section: "2 Parameters",
  title: "ADD uses exactly the name of CNI_IFNAME, also where the host has a link of that name",
  async run(subject: Subject, t: Judge) {
    const { host, card } = subject.node;
    const onHost = (await ipFacts(host)).links.find(({ name }) => name !== "lo")?.name ?? "lo1";
    const vf = card.vfs.at(-1)?.netdev ?? "enp3s0f0v0";
    for (const ifname of ["net1", "abcdefghijklmno", onHost, vf]) {
      const pod = await subject.pod(t);
      t.cleanup(() => subject.quietCall("DEL", { pod, ifname }));
      const before = await ipFacts(pod.place);
      const { answer } = await subject.call(t, "ADD", { pod, ifname });
      const added = new Set((await ipFacts(pod.place)).links.map(({ name }) => name));
      for (const { name } of before.links) added.delete(name);
      // Or it fails: then there is none.
      const expected = answer.kind === "success" ? [ifname] : [];
      t.equal([...added], expected, `the links that ADD of ${ifname} adds to the pod`);
      given(t, await subject.call(t, "DEL", { pod, ifname }), `DEL of ${ifname}`);
      const still = (await ipFacts(host)).links.some(({ name }) => name === ifname);
      const was = ifname === onHost || ifname === vf;
      t.must(still === was, `the host should ${was ? "still" : "not"} have a link ${ifname}`);
    }
  },
};
