/** ips: the addresses that were asked for, with or without their prefix; what somebody has is an error. */
import type { Pod } from "../../../../core/backend.ts";
import { mustFail, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { otherAddresses } from "../../other-addresses.ts";
import { readable } from "../../readable.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const add = (subject: Subject, t: Judge, pod: Pod, ip: string) =>
  subject.call(t, "ADD", { pod, config: { runtimeConfig: { ips: [ip] } } });

export const cfg09: RequirementCheck = {
  id: "CFG-09",
  level: "MAY",
  section: "3",
  title: "ips chooses the addresses, with or without prefix, and a taken one is an error",
  since: "0.3.0",
  roles: anyRole,
  needs: ["ips", "addresses"],
  async run(subject: Subject, t: Judge) {
    const { first: wanted, prefix } = await otherAddresses(subject, t);
    const [pod, other] = [await subject.pod(t), await subject.pod(t)];
    for (const ip of [`${wanted}/${prefix}`, wanted]) {
      const document = mustSucceed(t, await add(subject, t, pod, ip), `ADD with ips ${ip}`);
      const given = readable(t, document).ips.map(({ address }) => address.split("/")[0]);
      t.must(given.includes(wanted), `ADD with ips ${ip} should give it, it gave ${given}`);
      mustFail(t, await add(subject, t, other, ip), {
        what: `ADD with ips ${ip}, which is taken,`,
      });
      mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
    }
  },
};
