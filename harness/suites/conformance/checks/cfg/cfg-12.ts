/** What is said both in `args` and in CNI_ARGS is taken from `args`, the newer way to say it. */
import { parseCidr } from "../../../../spec/cidr.ts";
import { anyResult } from "../../../../spec/result.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { CallOptions } from "../../plugin-call.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** the addresses it gave, or why it gave none */
async function givenBy(subject: Subject, t: Judge, options: CallOptions): Promise<string> {
  const pod = await subject.pod(t);
  const { answer } = await subject.call(t, "ADD", { pod, ...options });
  mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
  if (answer.kind === "error") return `code ${answer.code}: ${answer.msg}`;
  return anyResult
    .parse(answer.document)
    .ips.map(({ address }) => address.split("/")[0])
    .join(" ");
}

export const cfg12: RequirementCheck = {
  id: "CFG-12",
  level: "MUST",
  section: "3",
  title: "an address given by args and by CNI_ARGS is that of args",
  roles: anyRole,
  needs: ["addresses"],
  async run(subject: Subject, t: Judge) {
    const { result } = await subject.sample(subject.newest);
    const own = result.ips.map((ip) => parseCidr(ip.address)).find((ip) => ip?.family === 4);
    if (own === undefined) t.notApplicable(`${subject.plugin.name} gives no IPv4 address`);
    const [byArgs, byVariable] = [201, 202].map((last) => own.address.replace(/\d+$/, `${last}`));
    const config = { args: { cni: { ips: [`${byArgs}/${own.prefix}`] } } };
    const alone = await givenBy(subject, t, { config });
    // A plugin that does not read args may also refuse them.
    if (!alone.split(" ").includes(`${byArgs}`)) {
      t.notApplicable(`${subject.plugin.name} does not read args`);
    }
    const environment = { CNI_ARGS: `IgnoreUnknown=1;IP=${byVariable}` };
    const both = await givenBy(subject, t, { config, environment });
    const what = `with ${byArgs} in args and ${byVariable} in CNI_ARGS`;
    t.must(both === alone, `${what} it should give ${alone}, as for args alone, it gives ${both}`);
  },
};
