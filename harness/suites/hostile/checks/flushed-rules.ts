/** Whatever is flushed on the host and in the pod, nothing foreign passes: it is not there that it is kept. */
import type { Check, CheckContext } from "../../../core/check.ts";
import { attacks } from "../attacks.ts";
import type { HostileFixture } from "../hostile-fixture.ts";
import { mustFail } from "./attack-fails.ts";

/** Each may be missing, or find nothing: an attacker does not mind. */
const flush = [
  "nft flush ruleset",
  "iptables -F; iptables -t nat -F; iptables -P FORWARD ACCEPT",
  "ip6tables -F; ip6tables -P FORWARD ACCEPT",
  'for d in $(ls /sys/class/net); do tc qdisc del dev "$d" clsact; tc qdisc del dev "$d" root; done',
  "sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.all.arp_ignore=0",
].map((line) => `(${line}) >/dev/null 2>&1`);

export const flushedRules: Check<HostileFixture> = {
  id: "flushed-rules",
  title: "with every rule flushed on the host and in the pod nothing foreign passes",
  async run(fixture, t: CheckContext) {
    const stage = await fixture.stage(t);
    const { pod } = stage.attacker.member;
    for (const place of [stage.node.host, pod.place]) {
      await place.exec(["sh", "-c", [...flush, "true"].join("; ")]);
    }
    for (const attack of attacks) await mustFail(t, stage, attack);
  },
};
