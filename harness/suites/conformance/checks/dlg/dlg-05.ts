/** A plugin applies and returns what its IPAM plugin gave. */
import { isDeepStrictEqual } from "node:util";
import { canonicalCidr } from "../../../../spec/cidr.ts";
import { containerAddresses } from "../../../../spec/result.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustSucceed } from "../../expect.ts";
import { type IpamAnswer, ipamAnswer } from "../../ipam-answer.ts";
import { IpamDouble } from "../../ipam-double.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg05: RequirementCheck = {
  id: "DLG-05",
  level: "MUST",
  section: "4",
  title: "A plugin applies and returns what its IPAM plugin gave",
  needs: ["delegates"],
  async run(subject: Subject, t: Judge) {
    const double = await IpamDouble.place(subject, t);
    const answer = await ipamAnswer(subject);
    const pod = await subject.pod(t);
    for (const version of answersIn(subject.newest)) {
      await double.on("ADD", { stdout: inVersion(answer, version) });
      const what = `the result with an IPAM plugin that answers in ${version}`;
      const added = await double.call(t, "ADD", { pod });
      const result = readable(t, mustSucceed(t, added, `ADD: ${what}`));
      const given = answer.ips.map(({ address, gateway }) => ({ address, gateway }));
      const told = result.ips.map(({ address, gateway }) => ({ address, gateway }));
      t.equal(told, given, `ips of ${what}`);
      const missing = answer.routes.filter(
        (route) => !result.routes.some((one) => isDeepStrictEqual(one, route)),
      );
      t.equal(missing, [], `routes that are missing in ${what}`);
      t.must(
        isDeepStrictEqual(result.dns, answer.dns),
        `${what} should have the dns it gave, it has ${JSON.stringify(result.dns)}`,
      );
      const wanted = given.map(({ address }) => canonicalCidr(address));
      t.equal(
        containerAddresses(result, subject.ifname),
        wanted,
        `addresses of ${subject.ifname} in ${what}`,
      );
      const own = (await ipFacts(pod.place)).links.find(({ name }) => name === subject.ifname);
      t.equal(
        new Set(own?.addresses),
        new Set(wanted),
        `the addresses of ${subject.ifname} in the pod`,
      );
      await double.call(t, "DEL", { pod });
    }
  },
};

/** its own version, and an older one that is to be converted */
function answersIn(version: string): readonly string[] {
  return version === "0.3.1" ? [version] : [version, "0.3.1"];
}

function inVersion(answer: IpamAnswer, cniVersion: string): object {
  if (cniVersion !== "0.3.1") return { ...answer, cniVersion };
  const ips = answer.ips.map((ip) => ({ ...ip, version: ip.address.includes(":") ? "6" : "4" }));
  return { ...answer, cniVersion, ips };
}
