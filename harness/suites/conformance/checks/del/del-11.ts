/** A step of DEL that fails does not stop the others, and a later DEL finishes. */
import type { Pod } from "../../../../core/backend.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { duringOutages, outageText } from "../../during-outages.ts";
import { given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { Called } from "../../plugin-call.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const del11: RequirementCheck = {
  id: "DEL-11",
  level: "SHOULD",
  section: "2 DEL",
  title: "a step of DEL that fails does not stop the others, and a later DEL finishes",
  async run(subject: Subject, t: Judge) {
    const { plugin, outages } = subject;
    const delegates = (plugin.claims ?? []).includes("delegates");
    const stopped = outages.filter(({ name, kind }) => name === "dpu" && kind === "stopped");
    if (!delegates && stopped.length === 0)
      t.notApplicable("nothing that DEL needs can be taken away");
    const before = await subject.state();
    const mustFinish = async (pod: Pod, what: string, del: () => Promise<Called>) => {
      const { answer } = await del();
      const links = (await ipFacts(pod.place)).links.map(({ name }) => name);
      t.equal(links, ["lo"], `the links of the pod after ${what}`);
      t.log(
        `${what}: ${answer.kind === "error" ? `code ${answer.code}: ${answer.msg}` : "success"}`,
      );
    };
    if (delegates) {
      const pod = await subject.pod(t);
      given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const config = { ipam: { type: "no-such-ipam" } };
      const what = "a DEL whose IPAM plugin is missing";
      await mustFinish(pod, what, () => subject.call(t, "DEL", { pod, config }));
      mustSucceed(t, await subject.call(t, "DEL", { pod }), "the DEL after it");
      await mustBecome(t, subject, { state: before, what: `the DEL after ${what}` });
    }
    for (const outage of stopped) {
      const pod = await subject.pod(t);
      given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const what = `a DEL while ${outageText(outage)}`;
      const work = () => mustFinish(pod, what, () => subject.call(t, "DEL", { pod }));
      await duringOutages(subject, t, { outages: [outage], work });
      mustSucceed(t, await subject.call(t, "DEL", { pod }), "the DEL after it");
      await mustBecome(t, subject, { state: before, what: `the DEL after ${what}` });
    }
  },
};
