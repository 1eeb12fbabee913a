/** One container is attached twice, under two names, and each has its own. */
import { type AnyResult, containerAddresses as addressesOf } from "../../../../spec/result.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const add08: RequirementCheck = {
  id: "ADD-08",
  level: "IMPL",
  section: "2 ADD",
  title: "one container is attached twice, under two names, and each has its own",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const pod = await subject.pod(t);
    const attach = async (ifname: string) => {
      const called = await subject.call(t, "ADD", { pod, ifname });
      return readable(t, mustSucceed(t, called, `ADD of ${ifname}`));
    };
    const [first, second] = [await attach("eth0"), await attach("net1")];
    for (const of of [addressesOf, macsOf]) {
      const both = [...of(first, "eth0"), ...of(second, "net1")];
      t.equal([...new Set(both)], both, "addresses and MACs of eth0 and net1 should differ");
    }
    mustSucceed(t, await subject.call(t, "DEL", { pod, ifname: "eth0" }), "DEL of eth0");
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.equal(links.toSorted(), ["lo", "net1"], "net1 should stay when eth0 goes");
    mustSucceed(t, await subject.call(t, "DEL", { pod, ifname: "net1" }), "DEL of net1");
    await mustBecome(t, subject, { state: before, what: "DEL of both" });
  },
};

function macsOf(result: AnyResult, ifname: string): readonly (string | undefined)[] {
  const own = result.interfaces.filter(({ name, sandbox }) => name === ifname && sandbox);
  return own.map(({ mac }) => mac);
}
