/** An interface name that cannot be used is code 4; one of 15 bytes works. */

import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const bad = ["abcdefghijklmnop", ".", "..", "a/b", "a:b", "a b", "a\tb", "a\n"];

export const pro15: RequirementCheck = {
  id: "PRO-15",
  level: "MUST",
  section: "2 Parameters",
  title: "an interface name that cannot be used is code 4; one of 15 bytes works",
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const longest = "abcdefghijklmno";
    t.cleanup(() => subject.quietCall("DEL", { pod, ifname: longest }));
    mustSucceed(t, await subject.call(t, "ADD", { pod, ifname: longest }), `ADD of "${longest}"`);
    const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
    t.must(links.includes(longest), `${longest} should be in the pod, there is ${links.join(" ")}`);
    mustSucceed(t, await subject.call(t, "DEL", { pod, ifname: longest }), `DEL of "${longest}"`);
    await mustLeaveUnchanged(t, subject, {
      what: "ADD with a bad interface name",
      async work() {
        for (const ifname of bad) {
          const called = await subject.call(t, "ADD", { pod, ifname });
          mustFail(t, called, { what: `ADD of interface ${JSON.stringify(ifname)}`, codes: [4] });
        }
      },
    });
  },
};
