/** What the kernel shows in each pod is what ADD said: name, MAC, MTU, addresses, routes (section 5 "ADD Success"). */
import type { Check, CheckContext } from "../../../core/check.ts";
import { ipFacts } from "../../ip-facts.ts";
import { podDiffers } from "../diagnose.ts";
import { attached } from "../pairs.ts";
import type { Population } from "../population.ts";

export const interfaceAsResult: Check<Population> = {
  id: "interface-as-result",
  title: "each pod's interface has the name, MAC, MTU, addresses and routes of its result",
  requirement: { id: "ADD-11", level: "SHOULD", section: "4" },
  async run(population, t: CheckContext) {
    const members = attached(population, t);
    const differences = (await Promise.all(members.map((member) => podDiffers(member)))).flat();
    for (const one of differences) t.log(one);
    const [first] = differences;
    t.must(first === undefined, `${first}; ${differences.length} differences`);
    const macs = new Map<string, string>();
    for (const { name, pod, ifname, result } of members) {
      const facts = await ipFacts(pod.place);
      const link = facts.links.find((one) => one.name === ifname);
      const reported = result?.interfaces.find((one) => one.name === ifname);
      t.must(reported?.mac, `the result of pod ${name} should say the MAC of ${ifname}`);
      const mac = link?.mac ?? "";
      t.must(!macs.has(mac), `MAC ${mac} is in pod ${macs.get(mac)} and in pod ${name}`);
      macs.set(mac, name);
      const extra = facts.links.filter((one) => one.name !== "lo" && one.name !== ifname);
      t.equal(
        extra.map((one) => one.name),
        [],
        `pod ${name} should have no other interface`,
      );
    }
  },
};
