/** The plugin uses the interface name it was given or refuses it: the kernel's longest is 15 bytes. */
import { ipFacts } from "../../../ip-facts.ts";
import { mustFail, mustLeaveUnchanged, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const longest = "abcdefghijklmno";
const bad = [`${longest}p`, ".", "..", "a/b", "a:b", "a b", "a\tb", "a\n"];

async function mustUseLongest(subject: Subject, t: Judge) {
  const pod = await subject.pod(t);
  t.cleanup(() => subject.quietCall("DEL", { pod, ifname: longest }));
  mustSucceed(t, await subject.call(t, "ADD", { pod, ifname: longest }), `ADD of "${longest}"`);
  const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
  t.must(links.includes(longest), `${longest} should be in the pod, there is ${links.join(" ")}`);
  mustSucceed(t, await subject.call(t, "DEL", { pod, ifname: longest }), `DEL of "${longest}"`);
}

export const pro15: RequirementCheck = {
  id: "PRO-15",
  level: "MUST",
  section: "2 Parameters",
  title: "an interface name that cannot be used is code 4; one of 15 bytes works",
  since: "0.3.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    if ((subject.plugin.role ?? "interface") === "interface") await mustUseLongest(subject, t);
    const pod = await subject.pod(t);
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
