/** Ips[].interface is an index into interfaces and points at the one that holds the address. */
import { canonicalCidr } from "../../../../spec/cidr.ts";
import type { Judge } from "../../judge.ts";
import { lookAtResults } from "../../look-at-results.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const res10: RequirementCheck = {
  id: "RES-10",
  level: "MUST",
  section: "5 ADD Success",
  title: "ips[].interface is an index into interfaces and points at the one that holds the address",
  async run(subject: Subject, t: Judge) {
    await lookAtResults(subject, t, {
      rule: "RES-10",
      look({ version, result, inPod, hostAfter }) {
        for (const { address, interface: index } of result.ips) {
          const entry = index === undefined ? undefined : result.interfaces[index];
          if (entry === undefined) continue;
          const { name, sandbox = "" } = entry;
          const holders = (sandbox === "" ? hostAfter : inPod).links.filter(({ addresses }) =>
            addresses.includes(canonicalCidr(address)),
          );
          // An address that nobody holds is RES-08's.
          const elsewhere = [...hostAfter.links, ...inPod.links].some(({ addresses }) =>
            addresses.includes(canonicalCidr(address)),
          );
          t.must(
            !elsewhere || holders.some((link) => link.name === name),
            `ips[].interface of ${address} for ${version} should point at its holder, it points at "${name}"`,
          );
        }
      },
    });
  },
};
