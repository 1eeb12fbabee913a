/** CHECK fails when a route of the result is missing. */
import { canonicalCidr, parseCidr } from "../../../../spec/cidr.ts";
import type { Attached } from "../../attached.ts";
import { type Drift, ipAt, mustNotice } from "../../drift.ts";
import type { Judge } from "../../judge.ts";
import { readable } from "../../readable.ts";
import type { RequirementCheck } from "../../requirement-check.ts";
import type { Subject } from "../../subject.ts";

/** what `ip` shows of a route and does not take back */
const states: ReadonlySet<string> = new Set(["linkdown", "dead", "offload", "trap"]);

export const chk06: RequirementCheck = {
  id: "CHK-06",
  level: "SHOULD",
  section: "2 CHECK",
  title: "CHECK fails when a route of the result is missing",
  since: "0.4.0",
  async run(subject: Subject, t: Judge) {
    const { result } = await subject.sample(subject.newest);
    const each = result.routes.map((_, i) => i);
    await mustNotice(
      t,
      subject,
      each.map((i) => (attached: Attached) => drift(t, attached, i)),
    );
  },
};

async function drift(
  t: Judge,
  { pod, result }: Attached,
  index: number,
): Promise<Drift | undefined> {
  const dst = readable(t, result).routes[index]?.dst;
  const cidr = parseCidr(dst ?? "");
  if (dst === undefined || cidr === undefined) return undefined;
  const family = `-${cidr.family}`;
  const shown = await ipAt(t, pod.place, family, "route", "show", "exact", canonicalCidr(dst));
  const [route] = shown.trim().split("\n");
  const words = (route ?? "").split(/\s+/).filter((word) => word !== "" && !states.has(word));
  return {
    what: `the route to ${cidr.prefix === 0 ? `anywhere (IPv${cidr.family})` : dst} is missing`,
    apply: () => ipAt(t, pod.place, family, "route", "del", ...words),
    undo: () => ipAt(t, pod.place, family, "route", "add", ...words),
  };
}
