/** bandwidth: both rates are in force while the attachment lives, wherever the plugin enforces them. */
import type { Pod } from "../../../../core/backend.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** bits a second, as the kernel's tools print them; and bits: no burst is what containerd sends as 2^32 - 1 */
const rates = { ingressRate: 24_000_000, egressRate: 48_000_000 };
const printed = ["24Mbit", "48Mbit"];
const bursts = [8_000_000, 2 ** 32 - 1];
const show = `tc qdisc show
for link in $(ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/'); do
  tc class show dev "$link"; tc filter show dev "$link"; tc filter show dev "$link" ingress
done`;

async function inForce({ node }: Subject, pod: Pod): Promise<readonly string[]> {
  const ran = await Promise.all(
    [node.host, node.dpu, pod.place].map((place) => place.exec(["sh", "-c", show])),
  );
  const words = new Set(ran.flatMap(({ stdout }) => stdout.split(/\s+/)));
  return printed.filter((rate) => words.has(rate));
}

export const cfg10: RequirementCheck = {
  id: "CFG-10",
  level: "MAY",
  section: "3",
  title: "bandwidth is enforced in both directions from ADD to DEL, and zero is no limit",
  since: "0.3.0",
  roles: ["interface", "chained"],
  needs: ["bandwidth"],
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    for (const burst of bursts) {
      const bandwidth = { ...rates, ingressBurst: burst, egressBurst: burst };
      const options = { pod, config: { runtimeConfig: { bandwidth } } };
      mustSucceed(t, await subject.call(t, "ADD", options), `ADD with bursts of ${burst}`);
      t.equal(await inForce(subject, pod), printed, "both rates should be in force");
      mustSucceed(t, await subject.call(t, "DEL", options), `DEL with bursts of ${burst}`);
      t.equal(await inForce(subject, pod), [], "no rate should be in force after DEL");
    }
    const none = { ingressRate: 0, ingressBurst: 0, egressRate: 0, egressBurst: 0 };
    const options = { pod, config: { runtimeConfig: { bandwidth: none } } };
    mustSucceed(t, await subject.call(t, "ADD", options), "ADD with rates of zero");
  },
};
