/** CHECK fails when the reservation of the address is missing. */
import { basename } from "node:path";
import { canonicalAddress } from "../../../../spec/cidr.ts";
import { attach, checkOf } from "../../attached.ts";
import { mustFail } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk07: RequirementCheck = {
  id: "CHK-07",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when the reservation of the address is missing",
  since: "0.4.0",
  roles: ["interface", "ipam"],
  async run(subject: Subject, t: Judge) {
    const before = new Set(await subject.state());
    const attached = await attach(subject, t);
    const added = (await subject.state()).filter((line) => !before.has(line));
    const addresses = readable(t, attached.result).ips.map(({ address }) =>
      canonicalAddress(address.split("/")[0] ?? ""),
    );
    // A reservation that can be taken away from outside is a file named for its address, as host-local keeps it.
    const files = added.flatMap((line) => (line.startsWith("file ") ? [line.slice(5)] : []));
    const record = files.find((path) => addresses.includes(canonicalAddress(basename(path))));
    if (record === undefined) t.notApplicable("it keeps no file named for an address");
    const { host, paths } = subject.node;
    const aside = `${paths.run}/chk-07-reservation`;
    await host.exec(["mv", record, aside]);
    t.cleanup(() => host.exec(["mv", aside, record]));
    mustFail(t, await checkOf(subject, t, attached), { what: "CHECK without the reservation" });
  },
};
