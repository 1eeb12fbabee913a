/** The DEL after an ADD that failed clears whatever that ADD had done. */
import type { Pod } from "../../../../core/backend.ts";
import { difference, mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what is wrong with the pod, early and late in an ADD */
const spoilt: Readonly<Record<string, (pod: Pod) => Promise<unknown>>> = {
  "the namespace is gone": async (pod) => pod[Symbol.asyncDispose](),
  "the interface is there already": (pod) =>
    pod.place.exec(["ip", "link", "add", "eth0", "type", "dummy"]),
  "the pod takes no IPv6 address": (pod) =>
    pod.place.exec(["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"]),
  "the pod has other default routes": (pod) => pod.place.exec(["sh", "-c", defaultRoutes]),
};

const defaultRoutes = [
  "ip link add net0 type dummy",
  "ip link set net0 up",
  "ip -4 route add default dev net0",
  "ip -6 route add default dev net0",
].join(" && ");

export const add13: RequirementCheck = {
  id: "ADD-13",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "the DEL after an ADD that failed clears whatever that ADD had done",
  async run(subject: Subject, t: Judge) {
    for (const [why, spoil] of Object.entries(spoilt)) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      await spoil(pod);
      const { answer } = await subject.call(t, "ADD", { pod });
      if (answer.kind === "success") t.log(`ADD succeeded though ${why}`);
      const left = difference(before, await subject.state());
      for (const line of left) t.log(`without its DEL it leaves: ${line}`);
      const what = `DEL after an ADD though ${why}`;
      // Whether it succeeds is for DEL-04 and DEL-06; here it must leave nothing.
      await subject.call(t, "DEL", { pod });
      await pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
