/** CHECK goes on succeeding: again and again, and after restarts of the daemons. */
import { attach, checkOf } from "../../attached.ts";
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { during } from "../../outages.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const rounds = 20;

export const chk17: RequirementCheck = {
  id: "CHK-17",
  level: "IMPL",
  section: "2 CHECK",
  title: "CHECK goes on succeeding: again and again, and after restarts of the daemons",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const attached = await attach(subject, t);
    for (let round = 1; round <= rounds; round += 1) {
      mustSucceed(t, await checkOf(subject, t, attached), `CHECK number ${round}`);
    }
    for (const outage of subject.outages.filter(({ kind }) => kind === "stopped")) {
      await during(subject, t, { outage, work: async () => {} });
      const what = `CHECK after a restart of the ${outage.name}`;
      mustSucceed(t, await checkOf(subject, t, attached), what);
    }
  },
};
