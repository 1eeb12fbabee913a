/** An IPAM plugin returns an abbreviated result, without interfaces. */
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const dlg12: RequirementCheck = {
  id: "DLG-12",
  level: "MUST",
  section: "5 Delegated",
  title: "An IPAM plugin returns an abbreviated result, without interfaces",
  since: "0.3.0",
  roles: ["ipam"],
  async run(subject: Subject, t: Judge) {
    const { document } = await subject.sample(subject.newest);
    const keys = Object.keys(document ?? {});
    t.must(!keys.includes("interfaces"), "the result of an IPAM plugin should have no interfaces");
    const indexed = readable(t, document).ips.filter((ip) => ip.interface !== undefined);
    t.equal(indexed, [], "addresses with an interface index in the result of an IPAM plugin");
  },
};
