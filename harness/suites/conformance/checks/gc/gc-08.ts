/** GC releases attachments whose namespace is gone. */
import { sleep } from "../../../../../impl/base/time.ts";
import { ipFacts } from "../../../ip-facts.ts";
import { mustBecome, mustSucceed } from "../../expect.ts";
import { attachForGc, gc } from "../../gc.ts";
import type { Judge } from "../../judge.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

export const gc08: RequirementCheck = {
  id: "GC-08",
  level: "MAY",
  section: "2 GC",
  title: "GC releases attachments whose namespace is gone",
  since: "1.1.0",
  async run(subject: Subject, t: Judge) {
    const before = await subject.state();
    const links = await linksOf(subject);
    const stale = await attachForGc(subject, t);
    await stale.pod[Symbol.asyncDispose]();
    await linksToCome(subject, links);
    const what = "GC of an attachment whose namespace is gone";
    mustSucceed(t, await gc(subject, t, { valid: [] }), what);
    await mustBecome(t, subject, { state: before, what });
  },
};

const settleMs = 2_000;
const pollMs = 20;

async function linksOf({ node }: Subject): Promise<string> {
  return (await ipFacts(node.host)).links.map(({ name }) => name).join(" ");
}

/** The kernel clears a namespace that is gone a moment later; what it leaves of the links then is what GC is to find. */
async function linksToCome(subject: Subject, links: string): Promise<void> {
  const endMs = performance.now() + settleMs;
  while ((await linksOf(subject)) !== links && performance.now() < endMs) await sleep(pollMs);
}
