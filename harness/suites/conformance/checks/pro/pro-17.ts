/** CNI_ARGS is a list of pairs whose number and order mean nothing by themselves. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import { mustOutline } from "../../result-outline.ts";
import type { Subject } from "../../subject.ts";

const lists = [
  "IgnoreUnknown=1",
  "IgnoreUnknown=1;FIRST=1;SECOND=2",
  "SECOND=2;FIRST=1;IgnoreUnknown=1",
];

export const pro17: RequirementCheck = {
  id: "PRO-17",
  level: "MUST",
  section: "2 Parameters",
  title: "CNI_ARGS is read as pairs: none, one or many, in any order, give the same result",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const first = await subject.pod(t);
    const usual = mustOutline(t, await subject.call(t, "ADD", { pod: first }), "ADD");
    for (const CNI_ARGS of lists) {
      const pod = await subject.pod(t);
      const options = { pod, environment: { CNI_ARGS } };
      const what = `ADD with CNI_ARGS "${CNI_ARGS}"`;
      const outline = mustOutline(t, await subject.call(t, "ADD", options), what);
      t.equal(outline, usual, `${what} should give the usual result`);
      const deleted = await subject.call(t, "DEL", options);
      mustSucceed(t, deleted, `DEL with CNI_ARGS "${CNI_ARGS}"`);
    }
  },
};
