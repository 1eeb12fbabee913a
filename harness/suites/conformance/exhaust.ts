/** Makes attachments until the plugin has nothing left to give: its VFs, its addresses. */
import type { CheckContext } from "../../core/check.ts";
import type { Attached } from "./attached.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

/** more than any target that claims "finite" may have */
const most = 40;

export interface Exhausted {
  /** the last ones that could be made, in a network of their own */
  readonly attached: readonly Attached[];
  readonly network: string;
  /** the ADD that failed */
  readonly refused: Called;
}

/** Everything is given back when the check ends. */
export async function exhaust(subject: Subject, t: CheckContext): Promise<Exhausted> {
  const [network, ifname] = [subject.plugin.conflist.name, subject.ifname];
  const attached: Attached[] = [];
  for (let i = 0; i < most; i += 1) {
    const pod = await subject.pod(t);
    const refused = await subject.call(t, "ADD", { pod });
    if (refused.answer.kind === "error") return { attached, network, refused };
    attached.push({ pod, network, ifname, result: refused.answer.document });
  }
  return t.blocked(`it claims to be finite, but made ${most} attachments`);
}
