/** bandwidth: both rates are in force while the attachment lives, wherever the plugin enforces them. */
import type { Pod } from "../../../../core/backend.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** bits a second, as the kernel's tools print them; and bits: no burst is what containerd sends as 2^32 - 1 */
const limits = { ingressRate: 24_000_000, egressRate: 48_000_000 };
const printed = ["24Mbit", "48Mbit"];
/** A plugin may hold what its configuration says above what it is asked for: nothing there. */
const unsaid = Object.fromEntries(
  ["ingressRate", "ingressBurst", "egressRate", "egressBurst"].map((key) => [key, undefined]),
);
const bursts = [8_000_000, 2 ** 32 - 1];
/** What was asked of each link, as lines for tc: one process for all of them. */
const asked = ["class show dev &", "filter show dev &", "filter show dev & ingress"].join("\\n");
const show = `tc qdisc show
ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/\\1/; s/.*/${asked}/' | tc -force -batch -`;

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
    for (const burst of bursts) {
      const pod = await subject.pod(t);
      const bandwidth = { ...limits, ingressBurst: burst, egressBurst: burst };
      const options = { pod, config: { ...unsaid, runtimeConfig: { bandwidth } } };
      mustSucceed(t, await subject.call(t, "ADD", options), `ADD with bursts of ${burst}`);
      const rates = await inForce(subject, pod);
      t.equal(rates, printed, `${printed} should be in force, there is ${rates.join() || "none"}`);
      mustSucceed(t, await subject.call(t, "DEL", options), `DEL with bursts of ${burst}`);
      // What a chained plugin hung on an interface goes with it, in the DEL of its maker.
      if (subject.plugin.role === "chained") continue;
      t.equal(await inForce(subject, pod), [], "no rate should be in force after DEL");
    }
    const none = { ingressRate: 0, ingressBurst: 0, egressRate: 0, egressBurst: 0 };
    const options = {
      pod: await subject.pod(t),
      config: { ...unsaid, runtimeConfig: { bandwidth: none } },
    };
    mustSucceed(t, await subject.call(t, "ADD", options), "ADD with rates of zero");
  },
};
