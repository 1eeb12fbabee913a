/** Keys that belong to the protocol may be in any configuration: nobody is to trip over them. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** Each with content that no plugin has a use for. */
function reserved({ newest, plugin }: Subject, own: object): Readonly<Record<string, unknown>> {
  const emptyResult = { cniVersion: newest, interfaces: [], ips: [], routes: [] };
  return {
    // libcni leaves it in, though the text says that plugins do not get it.
    capabilities: { "example.org/odd": true, portMappings: false },
    runtimeConfig: { "example.org/odd": [1, null, "x"] },
    args: { cni: { "example.org/odd": 1 }, "example.org/odd": [] },
    "cni.dev/odd": { any: "thing" },
    dns: { nameservers: [], search: [], options: [], "example.org/odd": 1 },
    ipMasq: false,
    ...("ipam" in own ? {} : { ipam: {} }),
    ...(plugin.role === "chained" ? {} : { prevResult: emptyResult }),
  };
}

export const cfg02: RequirementCheck = {
  id: "CFG-02",
  level: "IMPL",
  section: "1, 3",
  title: "keys of the protocol are taken by every plugin, whatever they hold",
  since: "1.0.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const own: object = JSON.parse(subject.configuration({}));
    for (const [key, value] of Object.entries(reserved(subject, own))) {
      const pod = await subject.pod(t);
      const options = { pod, config: { [key]: value } };
      mustSucceed(t, await subject.call(t, "ADD", options), `ADD with "${key}"`);
      mustSucceed(t, await subject.call(t, "DEL", options), `DEL with "${key}"`);
    }
  },
};
