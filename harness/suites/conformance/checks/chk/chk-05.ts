/** CHECK fails when an address is missing. */
import { parseCidr } from "../../../../spec/cidr.ts";
import { containerAddresses } from "../../../../spec/result.ts";
import type { Attached } from "../../attached.ts";
import { type Drift, ipAt, mustNotice } from "../../drift.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk05: RequirementCheck = {
  id: "CHK-05",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when an address is missing or has another prefix length",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { result, ifname } = await subject.sample(subject.newest);
    const count = containerAddresses(result, ifname).length;
    const each = Array.from({ length: count }, (_, i) => i);
    await mustNotice(t, subject, [
      ...each.map((i) => async (attached: Attached) => drift(t, attached, i, "missing")),
      async (attached: Attached) => drift(t, attached, 0, "changed"),
    ]);
  },
};

function drift(
  t: Judge,
  { pod, ifname, result }: Attached,
  index: number,
  how: "missing" | "changed",
): Drift | undefined {
  const text = containerAddresses(readable(t, result), ifname)[index];
  const cidr = parseCidr(text ?? "");
  if (text === undefined || cidr === undefined) return undefined;
  const ip = (verb: string, address: string) =>
    ipAt(
      t,
      pod.place,
      "address",
      verb,
      address,
      "dev",
      ifname,
      ...(cidr.family === 6 && verb === "add" ? ["nodad"] : []),
    );
  // While some address of the family is left, the kernel keeps most routes: the address is what is missing.
  const decoy = cidr.family === 4 ? "203.0.113.5/32" : "2001:db8::5/128";
  const other = `${cidr.address}/${cidr.prefix - 1}`;
  const kind = how === "missing" ? "is missing" : "has another prefix length";
  return {
    what: `the IPv${cidr.family} address ${kind}`,
    async apply() {
      await ip("add", decoy);
      await ip("del", text);
      if (how === "changed") await ip("add", other);
    },
    async undo() {
      if (how === "changed") await ip("del", other);
      await ip("add", text);
      await ip("del", decoy);
    },
  };
}
