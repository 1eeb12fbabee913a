/** DEL succeeds and releases the rest where one thing that ADD made is gone. */
import { difference, given, mustBecome, mustSucceed } from "../../expect.ts";
import type { Judge } from "../../judge.ts";
import { removable } from "../../removable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** things that are taken away, one in each round */
const most = 6;

export const del05: RequirementCheck = {
  id: "DEL-05",
  level: "SHOULD",
  section: "2 DEL",
  title: "DEL succeeds and releases the rest where one thing that ADD made is gone",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    for (let i = 0; i < most; i++) {
      const pod = await subject.pod(t);
      const prevResult = given(t, await subject.call(t, "ADD", { pod }), "ADD");
      const pieces = removable(subject.node, difference(before, await subject.state()));
      const piece = pieces[i];
      if (piece !== undefined) await piece.remove();
      const what = `DEL without ${piece?.name ?? "anything missing"}`;
      mustSucceed(t, await subject.call(t, "DEL", { pod, prevResult }), what);
      await pod[Symbol.asyncDispose]();
      await mustBecome(t, subject, { state: before, what });
      if (i >= pieces.length - 1) return;
    }
  },
};
