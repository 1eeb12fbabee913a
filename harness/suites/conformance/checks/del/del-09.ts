/** DEL accepts a prevResult that is absent, null or empty. */
import { given, inItself, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const forms = { absent: {}, null: { prevResult: null }, empty: { prevResult: {} } };

export const del09: RequirementCheck = {
  id: "DEL-09",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL accepts a prevResult that is absent, null or empty",
  async run(subject: Subject, t: Judge) {
    for (const [how, config] of Object.entries(forms)) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const what = `DEL with prevResult ${how}`;
      mustSucceed(t, inItself(await subject.call(t, "DEL", { pod, config })), what);
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
