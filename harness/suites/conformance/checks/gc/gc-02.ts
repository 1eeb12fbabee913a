/** GC does not touch the attachments that are listed. */
import { ipFacts } from "../../../ip-facts.ts";
import { detach } from "../../attached.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import { attachForGc, entry, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc02: RequirementCheck = {
  id: "GC-02",
  level: "IMPL",
  section: "2 GC",
  title: "GC does not touch the attachments that are listed",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const kept = await attachForGc(subject, t);
    const { place } = kept.pod;
    const before = await subject.state();
    const inPod = await ipFacts(place);
    const link = await place.exec(["ip", "-o", "link", "show", kept.ifname]);
    const other = await attachForGc(subject, t);
    const what = "GC of another attachment";
    mustSucceed(t, await gc(subject, t, { valid: [entry(kept)] }), what);
    t.equal(await ipFacts(place), inPod, `the pod of a listed attachment after ${what}`);
    // Made anew with the same name, it would have another index.
    const after = await place.exec(["ip", "-o", "link", "show", kept.ifname]);
    t.equal(
      indexOf(after.stdout),
      indexOf(link.stdout),
      `the index of ${kept.ifname} after ${what}`,
    );
    // Whether GC releases the other is GC-01's.
    await detach(subject, t, other);
    await mustBecome(t, subject, { state: before, what });
  },
};

function indexOf(shown: string): string | undefined {
  return shown.split(":")[0];
}
