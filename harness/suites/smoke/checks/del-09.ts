/** DEL accepts a prevResult that is absent, null or empty. */
import type { CheckContext } from "../../../core/check.ts";
import { mustBecome, mustSucceed } from "../expect.ts";
import type { SmokeCheck } from "../smoke-check.ts";
import type { Subject } from "../subject.ts";

const forms = { absent: {}, null: { prevResult: null }, empty: { prevResult: {} } };

export const del09: SmokeCheck = {
  id: "DEL-09",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL accepts a prevResult that is absent, null or empty",
  async run(subject: Subject, t: CheckContext) {
    for (const [how, config] of Object.entries(forms)) {
      const before = await subject.state();
      const pod = await subject.pod(t);
      mustSucceed(t, await subject.call(t, "ADD", { pod }), "ADD");
      const what = `DEL with prevResult ${how}`;
      mustSucceed(t, await subject.call(t, "DEL", { pod, config }), what);
      await mustBecome(t, subject, { state: before, what });
    }
  },
};
