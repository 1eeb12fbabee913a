/** The routes that an attachment has on the DPU, found by what ADD added there: what CHECK can be made to miss. */
import type { CheckContext } from "../../core/check.ts";
import { type IpFacts, ipFacts, type RouteFacts } from "../ip-facts.ts";
import { type Attached, attach } from "./attached.ts";
import type { Subject } from "./subject.ts";

export interface Ported extends Attached {
  /** on the DPU; never empty */
  readonly routes: readonly [RouteFacts, ...RouteFacts[]];
}

export async function attachWithPort(subject: Subject, t: CheckContext): Promise<Ported> {
  const { dpu } = subject.node;
  const before = new Set((await ipFacts(dpu)).routes.map(textOf));
  const attached = await attach(subject, t);
  const [first, ...others] = (await ipFacts(dpu)).routes.filter((one) => !before.has(textOf(one)));
  if (first === undefined) t.notApplicable("its ADD adds no route on the DPU");
  return { ...attached, routes: [first, ...others] };
}

/** for `ip route`: "10.244.1.5/32 dev rep0v0" */
export function wordsOf({ dst, via, dev }: RouteFacts): readonly string[] {
  return [
    dst,
    ...(via === undefined ? [] : ["via", via]),
    ...(dev === undefined ? [] : ["dev", dev]),
  ];
}

export function hasRoute({ routes }: IpFacts, route: RouteFacts): boolean {
  return routes.some((one) => textOf(one) === textOf(route));
}

export function textOf(route: RouteFacts): string {
  return wordsOf(route).join(" ");
}
