/** One cell: asked until answered within its bound, and when it is not, where what was sent was seen last. */

import type { Cell } from "../../core/cell.ts";
import type { CheckContext } from "../../core/check.ts";
import { OutcomeSignal } from "../../core/outcome.ts";
import type { Exchange } from "../../workload/client.ts";
import type { Field } from "./field.ts";
import { shoot } from "./peers.ts";
import { whereLost } from "./where-lost.ts";

export async function reachCell(cell: Cell, field: Field, t: CheckContext): Promise<void> {
  const plane = field.planes.get(cell.plane);
  if (plane === undefined) t.blocked(`there is no plane ${cell.plane}`);
  const reason = plane instanceof OutcomeSignal ? undefined : plane.whyNot(cell);
  if (reason !== undefined) t.notApplicable(reason);
  if (plane instanceof OutcomeSignal) throw plane;
  const [casualty] = plane.casualties();
  if (casualty !== undefined) t.blocked(casualty);
  const ends = plane.ends(cell, field.outside);
  if (ends === undefined) t.blocked(`nobody plays it on ${cell.plane}`);
  const { from, to } = ends;
  const { protocol, family } = cell;
  if (from.addresses[family] === undefined && from.node !== undefined) {
    t.notApplicable(`${from.name} has no IPv${family} address: ${cell.plane} gives none`);
  }
  const host = to.addresses[family];
  if (host === undefined) {
    t.notApplicable(`${to.name} has no IPv${family} address: ${cell.plane} gives none`);
  }
  const { tries, timeoutMs } = field.patience;
  let last: Exchange | undefined;
  for (let i = 0; i < tries; i++) {
    last = await shoot(from, to, { protocol, host, seed: t.seed + i, timeoutMs });
    if (last.ok) return;
    t.log(`try ${i + 1}: ${last.phase}: ${last.reason}`);
  }
  const why = last === undefined || last.ok ? "" : `${last.phase}: ${last.reason}`;
  const probe = { protocol, host, family, seed: t.seed + tries, timeoutMs };
  const lost = await whereLost(t, { from, to, nodes: plane.nodes }, probe);
  t.fail(`${from.name} cannot reach ${to.name} at ${host}: ${why}; ${lost}`);
}
