/** GC reads its list under the text's key, under the published one, and under both. */

import { gcKeys } from "../../../../runtime/derive.ts";
import { mustSucceed } from "../../expect.ts";
import { attachForGc, entry, gc, isThere, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc03: RequirementCheck = {
  id: "GC-03",
  level: "MUST",
  section: "2 GC",
  title: "GC reads its list under the text's key, under the published one, and under both",
  since: "1.1.0",
  readings: ["runtime"],
  async run(subject: Subject, t: Judge) {
    for (const keys of [[gcKeys[0]], [gcKeys[1]], gcKeys]) {
      const kept = await attachForGc(subject, t);
      const stale = await attachForGc(subject, t);
      const what = `GC with ${keys.join(" and ")}`;
      mustSucceed(t, await gc(subject, t, { valid: [entry(kept)], keys }), what);
      await mustBeThere(t, stale, { there: false, what });
      await mustBeThere(t, kept, { there: true, what });
    }
    // Nothing is written about two lists that differ: keeping what either names loses nobody's network.
    const [one, other] = [await attachForGc(subject, t), await attachForGc(subject, t)];
    const config = { [gcKeys[0]]: [entry(one)], [gcKeys[1]]: [entry(other)] };
    await subject.call(t, "GC", { network: one.network, config });
    t.against(
      ["runtime"],
      (await isThere(one)) && (await isThere(other)),
      "GC with two lists that differ should keep what either names",
    );
  },
};
