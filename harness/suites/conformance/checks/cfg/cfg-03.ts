/** `args` is where runtimes put what they think of; a plugin that does not understand it looks away. */
import { mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { anyRole, type RequirementCheck } from "../../requirement-check.ts";
import { mustOutline } from "../../result-outline.ts";
import type { Subject } from "../../subject.ts";

const args = {
  cni: { labels: [{ key: "app", value: "web" }], unheardOf: { deep: [1, true, null] } },
  "org.example": {},
  text: "plain",
};

export const cfg03: RequirementCheck = {
  id: "CFG-03",
  level: "SHOULD",
  section: "1",
  title: "args may hold anything, and what is not understood changes nothing",
  since: "0.2.0",
  roles: anyRole,
  async run(subject: Subject, t: Judge) {
    const pod = await subject.pod(t);
    const usual = mustOutline(t, await subject.call(t, "ADD", { pod }), "ADD");
    mustSucceed(t, await subject.call(t, "DEL", { pod }), "DEL");
    const options = { pod: await subject.pod(t), config: { args } };
    const outline = mustOutline(t, await subject.call(t, "ADD", options), "ADD with args");
    t.equal(outline, usual, "ADD with args should give the usual result");
    mustSucceed(t, await subject.call(t, "DEL", options), "DEL with args");
  },
};
