/** An attachment of a check's own, undone when the check ends. */
import type { Pod } from "../../core/backend.ts";
import type { CheckContext } from "../../core/check.ts";
import { given } from "./expect.ts";
import type { Called } from "./plugin-call.ts";
import type { Subject } from "./subject.ts";

export interface Attached {
  readonly pod: Pod;
  readonly network: string;
  readonly ifname: string;
  /** the document that ADD printed */
  readonly result: unknown;
}

export interface AttachAt {
  /** default: the plugin's own */
  readonly network?: string;
  /** default: the plugin's own, "eth0" for most */
  readonly ifname?: string;
  /** default: a new one */
  readonly pod?: Pod;
}

export async function attach(
  subject: Subject,
  t: CheckContext,
  at: AttachAt = {},
): Promise<Attached> {
  const { network = subject.plugin.conflist.name, ifname = subject.ifname } = at;
  const pod = at.pod ?? (await subject.pod(t));
  // A pod of the subject's is detached from the plugin's own network by itself.
  if (at.pod !== undefined || network !== subject.plugin.conflist.name) {
    t.cleanup(() => subject.quietCall("DEL", { pod, network, ifname }));
  }
  const called = await subject.call(t, "ADD", { pod, network, ifname });
  const result = given(t, called, `ADD of ${ifname} in ${network}`);
  return { pod, network, ifname, result };
}

/** CHECK with the result of ADD, or another in its place. */
export function checkOf(
  subject: Subject,
  t: CheckContext,
  { pod, network, ifname, result }: Attached,
  prevResult: unknown = result,
): Promise<Called> {
  return subject.call(t, "CHECK", { pod, network, ifname, prevResult });
}

export function detach(subject: Subject, t: CheckContext, attached: Attached): Promise<Called> {
  const { pod, network, ifname, result: prevResult } = attached;
  return subject.call(t, "DEL", { pod, network, ifname, prevResult });
}
