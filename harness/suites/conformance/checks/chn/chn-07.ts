/** A chained plugin works on interfaces of every kind. */
import { ipAt } from "../../drift.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const mac = "02:00:5e:00:53:07";

/** for `ip link add … type`: without a peer on the host, as host-device and tap leave it */
const kinds: Readonly<Record<string, readonly string[]>> = {
  veth: ["veth", "peer", "other0"],
  bridge: ["bridge"],
};

export const chn07: RequirementCheck = {
  id: "CHN-07",
  level: "SHOULD",
  section: "CONVENTIONS",
  title: "A chained plugin works on interfaces of every kind",
  since: "0.3.0",
  roles: ["chained"],
  async run(subject: Subject, t: Judge) {
    for (const [kind, argv] of Object.entries(kinds)) {
      await using pod = await subject.node.createPod(`chn-07-${kind}-on-${subject.node.name}`);
      const ip = (...words: readonly string[]) => ipAt(t, pod.place, ...words);
      await ip("link", "add", subject.ifname, "address", mac, "type", ...argv);
      await ip("address", "add", "203.0.113.7/25", "dev", subject.ifname);
      await ip("link", "set", subject.ifname, "up");
      const prevResult = {
        cniVersion: subject.newest,
        interfaces: [{ name: subject.ifname, mac, sandbox: pod.netns }],
        ips: [{ ...version4(subject.newest), address: "203.0.113.7/25", interface: 0 }],
      };
      // Not as a pod of the subject's, which has what the plugin usually runs after.
      const environment = {
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: pod.netns,
        CNI_IFNAME: subject.ifname,
      };
      const called = await subject.call(t, "ADD", { environment, prevResult });
      await subject.call(t, "DEL", { environment, prevResult });
      const got = readable(t, mustSucceed(t, called, `ADD on an interface of kind ${kind}`));
      t.equal(
        got.interfaces[0]?.name,
        subject.ifname,
        `the interface of kind ${kind} in the result`,
      );
    }
  },
};

function version4(version: string): { readonly version?: string } {
  return version.startsWith("0.") ? { version: "4" } : {};
}
