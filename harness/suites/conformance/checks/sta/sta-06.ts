/** ADD does not need that STATUS was called before. */
import { attach } from "../../attached.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const sta06: RequirementCheck = {
  id: "STA-06",
  level: "MUST",
  section: "2 STATUS",
  title: "ADD does not need that STATUS was called before",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    // A network of which nobody has asked the status.
    await attach(subject, t, { network: "never-asked" });
    for (const outage of subject.outages.filter(({ kind }) => kind === "stopped")) {
      await during(subject, t, { outage, work: async () => {}, servedBy: "ADD" });
      const pod = await subject.pod(t);
      const what = `ADD, not STATUS, as the first call after a restart of the ${outage.name}`;
      mustSucceed(t, await subject.call(t, "ADD", { pod }), what);
    }
  },
};
