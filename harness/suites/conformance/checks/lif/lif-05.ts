/** DEL releases what ADD took where the configuration has changed in between. */
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

type Config = Readonly<Record<string, unknown>>;

/** what an operator changes while pods run */
const changes: Readonly<Record<string, (object: Config) => Config>> = {
  "another MTU": () => ({ mtu: 1400 }),
  "another VLAN": () => ({ vlan: 7 }),
  "an unknown key": () => ({ "example.com/note": { added: "later" } }),
  "other ranges": ({ ipam }) =>
    ipam === undefined
      ? {}
      : { ipam: { ...Object(ipam), ranges: [[{ subnet: "198.51.100.0/24" }]] } },
};

export const lif05: RequirementCheck = {
  id: "LIF-05",
  level: "IMPL",
  section: "3",
  title: "DEL releases what ADD took where the configuration has changed in between",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    for (const [what, change] of Object.entries(changes)) {
      const pod = await subject.pod(t);
      const [object = {}] = subject.plugin.conflist.plugins;
      given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const called = await subject.call(t, "DEL", { pod, config: change(object) });
      mustSucceed(t, called, `DEL with ${what}`);
      await mustBecome(t, subject, { state: before, what: `DEL with ${what}` });
    }
  },
};
