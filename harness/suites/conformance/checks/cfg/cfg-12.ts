/** What is said both in `args` and in CNI_ARGS is taken from `args`, the newer way to say it. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { otherAddresses } from "../../other-addresses.ts";
import type { CallOptions } from "../../plugin-call.ts";
import { readable } from "../../readable.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what it gave: addresses, or one line that says why there are none */
async function givenBy(
  subject: Subject,
  t: Judge,
  options: CallOptions,
): Promise<readonly string[]> {
  const pod = await subject.pod(t);
  const { answer } = await subject.call(t, "ADD", { pod, ...options });
  mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
  if (answer.kind === "error") return [`code ${answer.code}: ${answer.msg}`];
  return readable(t, answer.document).ips.flatMap(({ address }) => address.split("/").slice(0, 1));
}

export const cfg12: RequirementCheck = {
  id: "CFG-12",
  level: "MUST",
  section: "3",
  title: "an address given by args and by CNI_ARGS is that of args",
  roles: anyRole,
  needs: ["addresses"],
  async run(subject: Subject, t: Judge) {
    const { first: byArgs, second: byVariable, prefix } = await otherAddresses(subject, t);
    const asking = (ip: string) => ({ args: { cni: { ips: [`${ip}/${prefix}`] } } });
    // Twice: one answer could be chance.
    for (const ip of [byVariable, byArgs]) {
      const given = await givenBy(subject, t, { config: asking(ip) });
      if (!given.includes(ip)) {
        t.notApplicable(`${subject.plugin.name} does not read args`);
      }
    }
    const config = asking(byArgs);
    const environment = { CNI_ARGS: `IgnoreUnknown=1;IP=${byVariable}` };
    const given = await givenBy(subject, t, { config, environment });
    const what = `with ${byArgs} in args and ${byVariable} in CNI_ARGS`;
    t.must(given.includes(byArgs), `${what} it should give the first, it gives ${given}`);
    t.must(!given.includes(byVariable), `${what} it should give the first only, it gives ${given}`);
  },
};
