/** The DEL after an ADD that failed clears whatever that ADD had done. */
import type { Pod } from "../../../../core/backend.ts";
import { difference, mustBecome } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what is wrong with the pod, early and late in an ADD; bridges, since every kernel that runs this makes them */
const spoilt: Readonly<Record<string, readonly string[]>> = {
  "the interface is there already": ["ip link add eth0 type bridge"],
  "the pod takes no IPv6 address": ["echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6"],
  "the pod has other default routes": [
    "ip link add net0 type bridge",
    "ip link set net0 up",
    "ip -4 route add default dev net0",
    "ip -6 route add default dev net0",
  ],
};

async function spoil(pod: Pod, commands: readonly string[], t: Judge): Promise<void> {
  const { exitCode, stderr } = await pod.place.exec(["sh", "-c", commands.join(" && ")]);
  if (exitCode !== 0) t.blocked(`the pod could not be spoilt: ${stderr.trim()}`);
}

export const add13: RequirementCheck = {
  id: "ADD-13",
  level: "IMPL",
  section: "3 Lifecycle",
  title: "the DEL after an ADD that failed clears whatever that ADD had done",
  async run(subject: Subject, t: Judge) {
    const cases = Object.entries({ "the namespace is gone": undefined, ...spoilt });
    for (const [why, commands] of cases) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      await (commands === undefined ? pod[Symbol.asyncDispose]() : spoil(pod, commands, t));
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
