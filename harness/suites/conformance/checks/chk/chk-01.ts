/** CHECK takes what it expects from prevResult. */
import type { AnyResult } from "../../../../spec/result.ts";
import { attach, checkOf } from "../../attached.ts";
import { inItself, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const chk01: RequirementCheck = {
  id: "CHK-01",
  level: "MUST",
  section: "2 CHECK",
  title: "CHECK takes what it expects from prevResult",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    mustSucceed(t, inItself(await checkOf(subject, t, attached)), "CHECK with the result of ADD");
    const believed: string[] = [];
    for (const [what, result] of falsified(readable(t, attached.result), attached.ifname)) {
      const { answer } = await checkOf(subject, t, attached, result);
      if (answer.kind === "success") believed.push(what);
    }
    t.must(believed.length === 0, `CHECK should fail with a false ${believed.join(", ")}`);
  },
};

/** The result with one thing each that is not so in the pod. */
function falsified(result: AnyResult, ifname: string): readonly [string, AnyResult][] {
  const inPod = (change: Partial<AnyResult["interfaces"][number]>): AnyResult => ({
    ...result,
    interfaces: result.interfaces.map((one) =>
      one.name === ifname && one.sandbox ? { ...one, ...change } : one,
    ),
  });
  const [first, ...others] = result.ips;
  const mac = result.interfaces.find(({ name }) => name === ifname)?.mac;
  return [
    ...(first === undefined
      ? []
      : ([
          [
            "address",
            { ...result, ips: [{ ...first, address: elsewhere(first.address) }, ...others] },
          ],
        ] satisfies [string, AnyResult][])),
    ...(mac
      ? ([["MAC", inPod({ mac: "02:00:5e:00:53:77" })]] satisfies [string, AnyResult][])
      : []),
    ["interface name", inPod({ name: "other0" })],
    ["sandbox", inPod({ sandbox: "/run/netns/of-another-pod" })],
  ];
}

/** an address of documentation that no plugin gave */
function elsewhere(address: string): string {
  return address.includes(":") ? "2001:db8::77/128" : "203.0.113.77/32";
}
