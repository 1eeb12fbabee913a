/** GC goes on after an item that it cannot release, and reports that at the end. */
import { ipFacts } from "../../../ip-facts.ts";
import { ipAt } from "../../drift.ts";
import { mustFail } from "../../expect.ts";
import { attachForGc, gc, isThere, mustBeThere } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

const inTheWay = "in-the-way";

export const gc10: RequirementCheck = {
  id: "GC-10",
  level: "SHOULD",
  section: "2 GC",
  title: "GC goes on after an item that it cannot release, and reports that at the end",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const { host } = subject.node;
    const names = async () => (await ipFacts(host)).links.map(({ name }) => name);
    const before = await names();
    const stuck = await attachForGc(subject, t);
    const after = new Set(await names());
    const moved = before.find((name) => !after.has(name));
    if (moved === undefined)
      t.notApplicable("it takes no link of the host, so none can be kept from coming back");
    const others = [await attachForGc(subject, t), await attachForGc(subject, t)];
    // The link cannot come home under its name while another has that.
    await ipAt(t, host, "link", "add", moved, "type", "veth", "peer", inTheWay);
    t.cleanup(() => host.exec(["ip", "link", "del", inTheWay]));
    const what = `GC of three attachments while ${moved} cannot come home`;
    const called = await gc(subject, t, { valid: [] });
    for (const other of others) await mustBeThere(t, other, { there: false, what });
    // One that finds a way round (another name, quarantine) has nothing to report.
    if (!(await isThere(stuck))) return;
    mustFail(t, called, { what });
  },
};
