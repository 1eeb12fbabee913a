/** mac: the pod's interface has the address that was asked for, and says so. */
import type { Pod } from "../../../../core/backend.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const wanted = "02:de:ad:00:00:42";
/** multicast, nobody's, no address */
const bad = ["01:00:5e:00:00:01", "00:00:00:00:00:00", "02:de:ad:00"];

const add = (subject: Subject, t: Judge, pod: Pod, mac: string) =>
  subject.call(t, "ADD", { pod, config: { runtimeConfig: { mac } } });

export const cfg08: RequirementCheck = {
  id: "CFG-08",
  level: "MAY",
  section: "3",
  title: "mac is the address of the interface and of the result, or an error",
  since: "0.3.0",
  roles: ["interface", "chained"],
  needs: ["mac"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const document = mustSucceed(t, await add(subject, t, pod, wanted), `ADD with mac ${wanted}`);
    const inPod = (await ipFacts(pod.place)).links.find(({ name }) => name === subject.ifname);
    t.equal(inPod?.mac, wanted, "the interface should have the mac that was asked for");
    const said = readable(t, document).interfaces.find(({ sandbox }) => sandbox);
    t.equal(said?.mac?.toLowerCase(), wanted, "the result should have the mac that was asked for");
    for (const mac of bad) {
      const other = await subject.pod(t);
      mustFail(t, await add(subject, t, other, mac), { what: `ADD with mac ${mac}` });
    }
  },
};
